'use strict';

// How a refusal reaches the caller.

const assert = require('node:assert/strict');
const { ChipChat, given, next, scenario, tell } = require('../scenario');

const { host, token, agentToken } = given;
const NOWHERE = '000000000000000000000000';

/** The first rejection that nobody catches. */
const unhandled = () => new Promise((resolve) => process.once('unhandledRejection', resolve));

scenario(async () => {
    const bot = new ChipChat({ host, token });

    await assert.rejects(bot.forms.get(NOWHERE), (error) => {
        assert.equal(error.name, 'HTTPError');
        assert.equal(error.statusCode, 404);
        assert.equal(error.message, `form ${NOWHERE} not found`);
        assert.equal(error.response.body.error.message, error.message);
        return true;
    });
    const forger = new ChipChat({ host, token: `${token}x` });
    await assert.rejects(forger.users.get('me'), { statusCode: 401, message: 'invalid token' });
    // What is no JSON Web Token is not sent at all.
    const stranger = new ChipChat({ host, token: 'nonsense' });
    await assert.rejects(stranger.users.get('me'), /token should be specified/);
    const agent = new ChipChat({ host, token: agentToken });
    await assert.rejects(agent.forms.create({ name: 'Mine' }), { statusCode: 403 });
    await assert.rejects(bot.forms.create({ name: 'Mine', status: 'lost' }), { statusCode: 422 });
    await assert.rejects(bot.forms.create({}), { statusCode: 400, message: 'a form needs name' });

    // In callback style a success arrives …
    const form = await new Promise((resolve, reject) => {
        bot.forms.get(given.form, (error, body) => (error ? reject(error) : resolve(body)));
    });
    assert.equal(form.name, 'Test drive');
    // … and a failure never does: it is a rejection that nobody can catch, and ends the process
    // unless it listens.
    let called = false;
    const rejection = unhandled();
    bot.forms.get(NOWHERE, () => { called = true; });
    assert.equal((await rejection).message, `form ${NOWHERE} not found`);
    assert.equal(called, false);

    // Reading is tried again after a second, writing is not.
    tell('before the faults');
    await next();
    assert.equal((await bot.forms.get(given.form)).name, 'Test drive');
    await assert.rejects(bot.forms.create({ name: 'Mine' }), { statusCode: 503 });
});
