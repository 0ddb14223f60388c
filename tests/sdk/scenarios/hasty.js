'use strict';

// A consumer who answers before the conversation knows of the question. A `send` middleware holds
// the note of the question back until the test lets it go.

const { ChipChat, given, next, scenario, serve, tell } = require('../scenario');

const { host, token, secret } = given;

let letGo;
const holdNotes = (_, { text }, done) => {
    if (text.startsWith('/set _asked')) {
        letGo = done;
        tell('asked');
    } else {
        done();
    }
};

const bot = new ChipChat({ host, token, secret, middleware: { send: holdNotes } });
bot.onText('ask', (_, { ask }) => {
    ask({ text: 'Which colour?', role: 'agent' }, ({ text }) => tell('answered', { text }));
});
bot.on('message.create.contact.chat.contact', ({ text }) => tell('as any other', { text }));

scenario(async () => {
    tell('ready', { port: await serve(bot) });
    await next();
    letGo();
    await next();
});
