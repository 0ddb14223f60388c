'use strict';

// A conversation that the business begins, and one that is picked up by its id.

const assert = require('node:assert/strict');
const { ChipChat, given, scenario, tell } = require('../scenario');

const { host, token } = given;

const invitation = (telephone) => ({
    organization: given.dealer,
    type: 'contact',
    contact: { profile: { givenName: 'Carl', familyName: 'Consumer', telephone } },
    meta: { campaign: 'spring' },
    messages: [
        { type: 'command', text: '/accept' },
        { text: 'Your car is due for service.', role: 'agent', touchpoint: 'sms' },
        { type: 'command', text: '/leave', delay: 3000 }
    ]
});

scenario(async () => {
    const bot = new ChipChat({ host, token });
    const opened = await bot.conversations.create(invitation('+31 6 12345678'));
    assert.equal(opened.name, 'Carl Consumer');
    assert.equal(opened.messages.length, 3);

    // The same telephone number is the same contact, in the same conversation.
    const again = await bot.conversations.create(invitation('+31612345678'));
    assert.equal(again.id, opened.id);
    const [contact] = await bot.contacts.list({ 'profile.telephone': '+31 6 12345678' });
    assert.equal(contact.conversation, opened.id);

    const picked = await bot.conversation(opened.id);
    assert.equal(picked.name, 'Carl Consumer');
    assert.equal(picked.get('campaign'), 'spring');
    await picked.say('A note for agents');

    // A whole conversation will do as well, and is not fetched.
    const byObject = await bot.conversation({ id: opened.id, meta: { campaign: 'other' } });
    assert.equal(byObject.get('campaign'), 'other');
    await assert.rejects(bot.conversation('000000000000000000000000'), { statusCode: 404 });
    await assert.rejects(bot.conversation(), /missing conversation undefined/);
    // With an id, the callback is ignored; the promise counts.
    let called = false;
    await bot.conversation(opened.id, () => { called = true; });
    assert.equal(called, false);
    tell('opened', { conversation: opened.id });
});
