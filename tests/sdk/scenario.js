'use strict';

// What every scenario shares with the test that runs it: what it is given, what it tells, and when
// it goes on. A line in each direction is one JSON value.

const readline = require('node:readline');
const ChipChat = require('chipchat');

const given = JSON.parse(process.argv[2]);
const lines = readline.createInterface({ input: process.stdin })[Symbol.asyncIterator]();

const tell = (step, facts = {}) => console.log(JSON.stringify({ step, ...facts }));

/** What the test says next; it decides when time passes and when a consumer writes. */
const next = async () => {
    const { value, done } = await lines.next();
    if (done) throw new Error('the test ended before the scenario');
    return JSON.parse(value);
};

/** Serves the webhook on a free port. `start(0)` would take 3000: zero counts as not given. */
const serve = async (bot) => {
    bot.start('0');
    await new Promise((ready) => bot.on('ready', ready));
    return bot.server.address().port;
};

/** Serves until the test has no more to say. */
const serveToTheEnd = async (bot) => {
    tell('ready', { port: await serve(bot) });
    await next();
};

const scenario = (play) => play().then(
    () => process.exit(0),
    (error) => {
        console.error(error);
        process.exit(1);
    }
);

module.exports = { ChipChat, given, next, scenario, serve, serveToTheEnd, tell };
