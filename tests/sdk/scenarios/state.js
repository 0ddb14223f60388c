'use strict';

// Variables and properties of a conversation.

const assert = require('node:assert/strict');
const { setTimeout: wait } = require('node:timers/promises');
const { ChipChat, given, scenario } = require('../scenario');

const { host, token, conversation } = given;

scenario(async () => {
    const bot = new ChipChat({ host, token });
    const context = await bot.conversation(conversation);

    // The value can be read after the next turn of the event loop's timers, whatever the platform
    // answers and when: a timer that is set later fires later.
    const set = async (key, value) => {
        const sent = context.set(key, value);
        await wait(1);
        return sent;
    };
    const sent = set('colour', 'dark blue');
    assert.equal(context.get('colour'), undefined);
    const command = await sent;
    assert.deepEqual([command.type, command.text], ['command', '/set colour dark blue']);
    assert.equal(context.get('colour'), 'dark blue');
    await set('size', 'XL');
    await set('size');
    assert.equal(context.get('size'), undefined);
    // What counts as false is kept here and cleared there.
    await set('doors', 5);
    await set('doors', 0);
    assert.equal(context.get('doors'), 0);

    assert.equal(context.get('@status'), 'closed');
    await set('@category', 'Service');
    assert.equal(context.get('@category'), 'Service');
    // Variables are sent as they come.
    await assert.rejects(context.set('note', 'two\nlines'), { statusCode: 422 });
    await assert.rejects(context.set('@status', 'active'), { statusCode: 422 });

    const fresh = await bot.conversations.get(conversation);
    assert.deepEqual(fresh.meta, { colour: 'dark blue' });
    assert.deepEqual([fresh.category, fresh.categoryIndex], ['Service', 1]);
});
