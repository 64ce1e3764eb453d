// A plain discord.js bot that says on standard output what happens to it, one JSON object a line, and does what
// standard input asks for: "say <channel> <text>", "publish <guild>", "destroy".
//
// Usage: PALABRE_NODE_MODULES=…/node_modules node client.mjs http://127.0.0.1:4000/api <token>
import { createRequire } from 'node:module'
import { createInterface } from 'node:readline'
import path from 'node:path'

const require = createRequire(path.join(process.env.PALABRE_NODE_MODULES, 'palabre.js'))
const {
  ActionRowBuilder, ButtonBuilder, ButtonStyle, Client, Events, GatewayIntentBits, MessageFlags, ModalBuilder,
  SlashCommandBuilder, TextInputBuilder, TextInputStyle,
} = require('discord.js')

const [api, token] = process.argv.slice(2)
const tell = (what, more = {}) => console.log(JSON.stringify({ what, ...more }))

const client = new Client({
  intents: [
    GatewayIntentBits.Guilds, GatewayIntentBits.GuildMembers, GatewayIntentBits.GuildModeration, GatewayIntentBits.GuildMessages,
    GatewayIntentBits.GuildMessageReactions, GatewayIntentBits.MessageContent,
  ],
  rest: { api, version: '10' },
})

client.on(Events.ClientReady, () => tell('ready', {
  user: client.user.id,
  guilds: client.guilds.cache.map((g) => ({ id: g.id, name: g.name, members: g.memberCount, channels: g.channels.cache.map((c) => c.name) })),
}))
client.on(Events.ShardReady, () => tell('identified'))
client.on(Events.ShardResume, (shard, replayed) => tell('resumed', { replayed }))
client.on(Events.ShardDisconnect, (event) => tell('disconnected', { code: event.code }))
client.on(Events.Error, (error) => tell('error', { text: String(error) }))
client.on(Events.MessageCreate, (m) => tell('message', { id: m.id, author: m.author.username, text: m.content, pings: m.mentions.users.map((u) => u.id) }))
client.on(Events.MessageUpdate, (_, m) => tell('edit', { id: m.id, text: m.content }))
client.on(Events.MessageDelete, (m) => tell('delete', { id: m.id }))
client.on(Events.GuildMemberAdd, (m) => tell('join', { id: m.id, name: m.user.username, pending: m.pending }))
client.on(Events.GuildMemberUpdate, (_, m) => tell('member', { id: m.id, name: m.displayName, silenced: m.isCommunicationDisabled() }))
client.on(Events.GuildMemberRemove, (m) => tell('leave', { id: m.id }))
client.on(Events.MessageReactionAdd, (r, u) => tell('reaction', { emoji: r.emoji.name, user: u.id }))
client.on(Events.GuildAuditLogEntryCreate, (e) => tell('audit', { action: e.action, by: e.executorId, target: e.targetId, reason: e.reason }))
client.on(Events.ThreadCreate, (t) => tell('thread', { id: t.id, name: t.name, parent: t.parentId }))

const button = () => new ActionRowBuilder().addComponents(new ButtonBuilder().setCustomId('again').setLabel('Again').setStyle(ButtonStyle.Primary))
const form = () => new ModalBuilder().setCustomId('form').setTitle('Why?').addComponents(
  new ActionRowBuilder().addComponents(new TextInputBuilder().setCustomId('why').setLabel('Why').setStyle(TextInputStyle.Paragraph)),
)

client.on(Events.InteractionCreate, async (i) => {
  if (i.isAutocomplete()) {
    await i.respond([{ name: 'one', value: '1' }])
  } else if (i.isButton()) {
    await i.showModal(form())
  } else if (i.isModalSubmit()) {
    await i.reply({ content: `because ${i.fields.getTextInputValue('why')}`, flags: MessageFlags.Ephemeral })
  } else if (i.isChatInputCommand()) {
    const member = i.options.getMember('member')
    await i.deferReply()
    await i.editReply({ content: `seen ${member.displayName}`, components: [button()] })
    await i.followUp({ content: 'between us', flags: MessageFlags.Ephemeral })
  }
  tell('interaction', { id: i.id, permissions: i.memberPermissions.bitfield.toString() })
})

const ask = {
  async say([channel, ...words]) {
    const sent = await (await client.channels.fetch(channel)).send({ content: words.join(' ') })
    tell('said', { id: sent.id })
  },
  async timeout([guild, user]) {
    const member = await (await client.guilds.fetch(guild)).members.fetch(user)
    await member.timeout(60_000, 'too loud — très fort')
    tell('done')
  },
  async members([guild]) {
    const all = await (await client.guilds.fetch(guild)).members.fetch()
    tell('members', { names: all.map((m) => m.user.username).sort() })
  },
  async publish([guild]) {
    const look = new SlashCommandBuilder().setName('look').setDescription('Look at somebody').setNameLocalizations({ fr: 'regarder' })
      .addUserOption((o) => o.setName('member').setDescription('Who').setRequired(true))
      .addStringOption((o) => o.setName('hint').setDescription('What for').setAutocomplete(true))
    const set = await (await client.guilds.fetch(guild)).commands.set([look])
    tell('published', { names: set.map((c) => c.name) })
  },
  async destroy() {
    await client.destroy()
    process.exit(0)
  },
}

createInterface({ input: process.stdin }).on('line', (line) => {
  const [name, ...rest] = line.split(' ')
  ask[name](rest).catch((error) => tell('error', { text: String(error) }))
}).on('close', () => process.exit(0))

await client.login(token)
