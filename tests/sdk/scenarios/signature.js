'use strict';

// What the server does with signatures, good, wrong and missing.

const { ChipChat, given, scenario, serveToTheEnd, tell } = require('../scenario');

const { host, token, secret } = given;
const bot = new ChipChat({ host, token, secret });
bot.on('message', ({ text }) => tell(`message: ${text}`));
bot.on('error', ({ message }) => tell(`error: ${message}`));

scenario(() => serveToTheEnd(bot));
