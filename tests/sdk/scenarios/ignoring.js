'use strict';

// Four bots with one user, each with another idea of what is not for it.

const { ChipChat, given, next, scenario, serve, tell } = require('../scenario');

const { host, token } = given;
const OPTIONS = {
    nothing: { ignoreSelf: false, ignoreBots: false },
    default: {},
    unjoined: { ignoreUnjoined: true },
    activity: { ignoreOnActivity: true }
};

scenario(async () => {
    let heard = [];
    const ports = {};
    for (const [name, options] of Object.entries(OPTIONS)) {
        const bot = new ChipChat({ host, token, ...options });
        bot.on('message', () => heard.push(name));
        ports[name] = await serve(bot);
    }
    tell('ready', { ports });
    while (await next() !== 'end') {
        tell('heard', { by: heard.sort() });
        heard = [];
    }
});
