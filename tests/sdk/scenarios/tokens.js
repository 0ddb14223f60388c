'use strict';

// From a password to tokens, and from an expired token to a new one.

const assert = require('node:assert/strict');
const { ChipChat, given, next, scenario, tell } = require('../scenario');

const logIn = async (email) => {
    const answer = await fetch(`${given.host}/v2/auth/token`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ email, password: 'sandbox' })
    });
    assert.equal(answer.status, 201);
    return answer.json();
};

scenario(async () => {
    const { host } = given;
    const email = 'ada.admin@example.com';
    const { token, refreshToken, user } = await logIn(email);
    const claims = ChipChat.decodeJwt(token);
    assert.equal(claims._id, user);
    assert.equal(claims.grant_type, 'access_token');
    assert.equal(claims.exp - claims.iat, 24 * 60 * 60);

    assert.throws(
        () => new ChipChat({ host, token: refreshToken }),
        /^Error: Invalid token grant_type refresh_token$/
    );
    const nobody = new ChipChat({ host });
    await assert.rejects(nobody.users.get('me'), /token should be specified/);

    const bot = new ChipChat({ host, token, refreshToken, email });
    assert.equal(bot.auth.user, user);
    const renewed = [];
    bot.on('token', (fresh) => renewed.push(fresh));
    assert.equal((await bot.users.get('me')).id, user);

    const agents = await logIn('ann.example@example.com');
    const agent = new ChipChat({ host, ...agents, email: 'ann.example@example.com' });
    assert.equal((await agent.users.get('me')).displayName, 'Ann Example');
    assert.deepEqual(renewed, []);
    tell('logged in', { user });
    await next();

    // A day later: requests under way at once each renew the token by themselves.
    await Promise.all([bot.users.get('me'), bot.users.get('me')]);
    assert.equal(renewed.length, 2);
    assert.equal(bot.auth.token, renewed[1]);
    assert.equal((await bot.users.get(user)).id, user);
    assert.equal(renewed.length, 2);
    // Tokens without the scope of a bot are not renewed.
    await assert.rejects(agent.users.get('me'), { statusCode: 401, message: 'jwt expired' });
    tell('renewed');
});
