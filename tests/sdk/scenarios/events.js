'use strict';

// What the SDK makes of the webhooks it receives.

const { ChipChat, given, scenario, serveToTheEnd, tell } = require('../scenario');

const { host, token, secret } = given;
const bot = new ChipChat({ host, token, secret });

for (const event of [
    'message', 'message.create.contact.chat', 'message.create.contact.chat.contact',
    'message.create.contact.chat.agent', 'message.create.contact.postback.contact',
    'assign', 'command', 'mention', 'notify'
]) {
    bot.on(event, ({ text }, { id }) => tell(`${event}: ${text}`, { conversation: id }));
}
bot.on('**.field', ({ meta }) => tell(`field ${meta.key} of ${meta.form}`));
// Conditions may look at the message, the conversation (`@`) and the variables.
bot.on('message', { text: /^hel/i, '@status': 'queued' }, ({ text }) => tell(`queued: ${text}`));
bot.on('message', { colour: ['red', 'blue'] }, ({ text }) => tell(`coloured: ${text}`));
bot.on('conversation.update', ({ event, data }) => tell(`${event} ${data.conversation.status}`));
bot.on('channel.notify', ({ data }) => tell(`notified ${data.channel.name}`));
bot.on('activity', ({ summary }) => tell(`activity: ${summary}`));

// Texts: a pattern, and a whole text in any letter case. Other handlers see the message as well.
bot.onText(/^my number is (\d+)$/, ({ text }, context) => tell(`number: ${text}`, { captured: context.captured }));
bot.onText('HELP', () => tell('help'));

scenario(() => serveToTheEnd(bot));
