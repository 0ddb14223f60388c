'use strict';

// Handlers that fail.

const { ChipChat, given, scenario, serveToTheEnd } = require('../scenario');

const { host, token, secret } = given;
const bot = new ChipChat({ host, token, secret });
const fail = async () => { throw new Error('of the handler'); };

bot.on('message', { text: 'fail' }, fail);
bot.on('message.create.contact.chat', async ({ text }) => { if (text === 'fail at once') await fail(); });
bot.onText('fail by text', fail);

scenario(() => serveToTheEnd(bot));
