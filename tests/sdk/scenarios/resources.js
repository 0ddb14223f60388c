'use strict';

// The life of one record under every name that the SDK knows.

const assert = require('node:assert/strict');
const { ChipChat, given, scenario, tell } = require('../scenario');

const named = { create: { name: 'First' }, change: { name: 'Second' } };

// What differs from a record that has a name.
const RECORDS = {
    users: { create: { email: 'new@example.com', displayName: 'First' }, change: { displayName: 'Second' } },
    botinstances: { create: { bot: given.bot, name: 'First' }, change: { name: 'Second' } },
    contacts: { create: { profile: { name: 'First' } }, change: { profile: { name: 'Second' } } },
    services: {
        create: { name: 'First', type: 'api', params: { scopes: ['bot'] } },
        change: { name: 'Second' }
    },
    conversations: {
        create: { name: 'First', messages: [{ text: 'start' }] },
        change: { name: 'Second' }
    }
};

/** Created, read, found, changed and deleted. */
const live = async (resource, { create, change }) => {
    const created = await resource.create(create);
    const { id } = created;
    assert.match(id, /^[0-9a-f]{24}$/);
    assert.equal((await resource.get(id)).id, id);
    const found = await resource.list({ id });
    assert.deepEqual(found.map((record) => record.id), [id]);
    assert.equal(found.headers.totalCount, '1');
    const changed = await resource.update(id, change);
    for (const [field, value] of Object.entries(change)) assert.deepEqual(changed[field], value);
    assert.equal(await resource.delete(id), '');
    return id;
};

const missing = (id) => ({ statusCode: 404, message: new RegExp(`${id} not found$`) });

/** Messages are made in a conversation. */
const liveOfMessages = async ({ conversations, messages }) => {
    const conversation = await conversations.create({ messages: [{ text: 'start' }] });
    const { id } = await messages.create({ conversation: conversation.id, text: 'more' });
    assert.equal((await messages.get(id)).text, 'more');
    const found = await messages.list({ conversation: conversation.id, sort: '-createdAt' });
    assert.deepEqual(found.map(({ text }) => text), ['more', 'start']);
    assert.equal((await messages.update(id, { text: 'other' })).text, 'other');
    // PUT comes without the body, so there is nothing to put in its place.
    await assert.rejects(messages.replace(id, { text: 'third' }), { statusCode: 400 });
    assert.equal(await messages.delete(id), '');
    await assert.rejects(messages.get(id), missing(id));
};

scenario(async () => {
    const { host, adminToken: token } = given;
    const api = new ChipChat({ host, token });
    const names = Object.keys(api).filter((name) => api[name] && api[name].list);
    for (const name of names) {
        if (name === 'messages') {
            await liveOfMessages(api);
        } else {
            const id = await live(api[name], RECORDS[name] || named);
            if (name === 'users') {
                assert.equal((await api.users.get(id)).status, 'archived');
            } else {
                await assert.rejects(api[name].get(id), missing(id));
            }
        }
        tell(name);
    }
});
