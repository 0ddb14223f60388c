'use strict';

// Who takes part: accept, join, assign, notify, leave.

const assert = require('node:assert/strict');
const { ChipChat, given, next, scenario, tell } = require('../scenario');

const { host, token, conversation } = given;

scenario(async () => {
    const bot = new ChipChat({ host, token });
    const context = await bot.conversation(conversation);
    const steps = {
        joined: () => context.join(),
        accepted: () => context.accept(),
        assigned: () => context.assign(given.agent),
        notified: () => context.notify([given.channel]),
        left: () => context.leave()
    };
    for (const [step, act] of Object.entries(steps)) {
        const { type, text, meta } = await act();
        assert.equal(type, 'command');
        tell(step, { text, meta });
        await next();
    }
    const { meta } = await context.notify();
    assert.deepEqual(meta, {});
    // Organizations alone, as the SDK's documents show them, need an empty list before them.
    assert.throws(() => context.notify(null, given.dealer), TypeError);
    const routed = await context.notify([], given.dealer);
    assert.deepEqual(routed.meta, { channels: null, organizations: [given.dealer] });
    await assert.rejects(context.assign('000000000000000000000000'), { statusCode: 422 });
});
