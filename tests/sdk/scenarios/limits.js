'use strict';

// The ninth identical message within three minutes.

const assert = require('node:assert/strict');
const { ChipChat, given, next, scenario, tell } = require('../scenario');

const { host, token, conversation } = given;

scenario(async () => {
    const bot = new ChipChat({ host, token });
    const errors = [];
    bot.on('error', (error) => errors.push(error));
    for (let sent = 0; sent < 8; sent += 1) await bot.send(conversation, 'Are you still there?');

    const refusal = 'rate limit error: too many identical messages in this conversation';
    const ninth = bot.send(conversation, 'Are you still there?');
    await assert.rejects(ninth, { name: 'HTTPError', statusCode: 429, message: refusal });
    assert.deepEqual(errors, [
        { type: 'middleware', message: `middleware send processing error: ${refusal}` }
    ]);
    await bot.send(conversation, 'Are you there?');
    tell('refused');
    await next();

    await bot.send(conversation, 'Are you still there?');
});
