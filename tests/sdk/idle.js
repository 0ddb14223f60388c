'use strict';

// Takes webhooks and does nothing: what the SDK's server can do at best.

const ChipChat = require('chipchat');

const bot = new ChipChat({ token: process.env.TOKEN });
bot.on('error', ({ message }) => console.error(message));
bot.start();
