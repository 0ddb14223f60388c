'use strict';

// Questions, and the three ways to wait for their answers. Only the one by name outlives the
// process: the name is kept in the conversation.

const http = require('node:http');
const { ChipChat, given, scenario, serveToTheEnd, tell } = require('../scenario');

// The SDK does not wait for the `/set` that it sends after a question, nor for the one that clears
// it: one request at a time keeps them in order.
http.globalAgent.maxSockets = 1;

const { host, token, secret } = given;
const bot = new ChipChat({ host, token, secret });
const question = { text: 'Which colour?', role: 'agent' };

bot.registerCallback('colour', ({ text }) => tell('by name', { text }));
bot.onText('ask by callback', (_, { ask }) => {
    ask(question, ({ text }, context) => {
        tell('by callback', { text });
        context.say(`So you like ${text}.`, { role: 'agent' });
    });
});
// Not awaited: the webhook is answered when the handler has ended, so a handler that waits for the
// consumer is taken for one that hangs, and called again.
bot.onText('ask by promise', (_, { ask }) => {
    ask(question).then(({ text }) => tell('by promise', { text }));
});
bot.onText('ask by name', (_, { ask }) => { ask(question, 'colour'); });
bot.on('message.create.contact.chat.contact', ({ text }) => tell('as any other', { text }));

scenario(() => serveToTheEnd(bot));
