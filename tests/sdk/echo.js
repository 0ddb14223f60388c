'use strict';

// Repeats what the consumer says. Settings come from the environment, as for intake.js.

const ChipChat = require('chipchat');

const bot = new ChipChat({ token: process.env.TOKEN });
bot.on('error', ({ message }) => console.error(message));

bot.on('message.create.contact.chat.contact', ({ text }, context) => context.say(`Echo: ${text}`, { role: 'agent' }));

bot.start();
