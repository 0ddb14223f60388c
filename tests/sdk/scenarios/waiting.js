'use strict';

// The webhook is answered when the handlers have ended.

const { ChipChat, given, next, scenario, serve, tell } = require('../scenario');

const { host, token, secret } = given;
const bot = new ChipChat({ host, token, secret });

scenario(async () => {
    let done;
    const asked = new Promise((resolve) => { done = resolve; });
    bot.on('message', () => {
        tell('working');
        return asked;
    });
    tell('ready', { port: await serve(bot) });
    await next();
    done();
    await next();
});
