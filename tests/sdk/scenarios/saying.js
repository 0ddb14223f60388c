'use strict';

// Everything that `say` and `send` take.

const assert = require('node:assert/strict');
const { ChipChat, given, scenario } = require('../scenario');

const { host, token, conversation } = given;

scenario(async () => {
    const bot = new ChipChat({ host, token });
    const { say } = await bot.conversation(conversation);

    // Without a role the platform's default for bots applies, which is not shown to the consumer.
    const plain = await say('for agents');
    assert.deepEqual([plain.type, plain.role], ['chat', 'bot']);
    const spoken = await say('for the consumer', { role: 'agent' });
    assert.deepEqual([spoken.role, spoken.user], ['agent', given.bot]);
    await say({ text: 'an object', role: 'agent' });
    const several = await say([{ text: 'one' }, { text: 'two' }], { role: 'agent' });
    assert.deepEqual(several.map(({ text }) => text), ['one', 'two']);
    // In an array a string is taken apart into its letters.
    await assert.rejects(say(['one', 'two']), { statusCode: 422, message: 'text is required' });

    const replies = ['Yes', 'No'].map((text) => ({ type: 'reply', text, payload: text.toUpperCase() }));
    await say({ text: 'Quick replies?', role: 'agent', actions: replies });
    await say({
        type: 'card',
        role: 'agent',
        text: 'Our cars',
        meta: { title: 'Showroom' },
        items: [
            { title: 'Estate', description: 'Roomy', actions: [replies[0]] },
            { title: 'Van', mediaUrl: 'https://example.com/van.png', actions: [{ type: 'link', text: 'See', uri: 'https://example.com' }] }
        ]
    });

    // `send` is the same with the conversation's id, and takes a callback.
    await bot.send(conversation, 'sent', { role: 'agent' });
    await bot.sendMessage(conversation, 'sent by the old name', { role: 'agent' });
    const [error, message] = await new Promise((resolve) => {
        bot.send(conversation, { text: 'sent with a callback', role: 'agent' }, (...answer) => resolve(answer));
    });
    assert.deepEqual([error, message.text], [null, 'sent with a callback']);
    const [refused, nothing] = await new Promise((resolve) => {
        bot.send(conversation, { text: 'sent to nobody', type: 'shout' }, (...answer) => resolve(answer));
    });
    assert.deepEqual([refused.statusCode, nothing], [422, null]);
    // An error in the callback is taken for one of the request, and handed to the callback.
    const errors = [];
    await new Promise((resolve) => {
        bot.send(conversation, 'sent once', (error) => {
            errors.push(error && error.message);
            if (error) resolve();
            throw new Error('of the callback');
        });
        process.once('unhandledRejection', () => {});
    });
    assert.deepEqual(errors, [null, 'of the callback']);
    assert.throws(() => bot.send(conversation, 'x', {}, 'no function'), /callback should be a function/);
});
