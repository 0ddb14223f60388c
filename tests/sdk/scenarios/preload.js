'use strict';

// The organization of a conversation, with its categories and their forms, before any handler runs.

const { ChipChat, given, scenario, serveToTheEnd, tell } = require('../scenario');

const { host, token, secret } = given;
const bot = new ChipChat({ host, token, secret, preloadOrganizations: true, preloadBots: true });

bot.on('message', (message, { organization }) => {
    const categories = organization.categories.map(({ name, forms }) => ({
        name, forms: forms.map((form) => form.name)
    }));
    tell(message.text, { name: organization.name, categories, instance: message.instance });
});

scenario(() => serveToTheEnd(bot));
