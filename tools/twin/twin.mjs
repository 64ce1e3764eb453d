// Starts discord-digital-twin with a guild, five channels and three people, prints where it is, and plays the
// people: it reads one JSON object a line from standard input and answers each with one line.
//
//   {"do":"say","user":"ana","text":"hello"}                     a message in "general", or in "channel"
//   {"do":"edit","user":"ana","message":"1","text":"…"}          {"do":"delete","message":"1"}
//   {"do":"command","user":"mod","name":"timeout","options":{"member":"ana","duration":"1h"}}
//   {"do":"menu","user":"mod","name":"Warn","target":"ana"}      a command of a member's menu
//   {"do":"press","user":"mod","button":"keep"}                  by label or custom id, on "message" or the last one that has it
//   {"do":"submit","user":"mod","form":"<interaction>","fields":{"why":"…"}}   or "id" instead of "form"
//   {"do":"answer","interaction":"1","within":3000}              waits for the first answer, and tells it
//   {"do":"settled","interaction":"1","within":10000}            waits until a deferred answer has been written
//   {"do":"show"}  {"do":"commands"}  {"do":"stop"}
//
// Names of people and channels stand for their ids. A user option's value may be a name.
import './loopback.mjs'
import { createInterface } from 'node:readline'
import { createRequire } from 'node:module'
import path from 'node:path'
import { pathToFileURL } from 'node:url'

const modules = process.env.PALABRE_NODE_MODULES ?? path.join(import.meta.dirname, '..', 'node_modules')
const require = createRequire(path.join(modules, 'palabre.js'))
const { DigitalDiscord, generateSnowflake } = await import(pathToFileURL(require.resolve('discord-digital-twin')))

const moderation = ((1n << 1n) | (1n << 2n) | (1n << 13n) | (1n << 28n) | (1n << 40n)).toString()
const member = '1071698660929'
const text = 0

const twin = new DigitalDiscord({
  guild: { name: 'Twin', ownerId: generateSnowflake() },
  channels: ['general', 'help', 'welcome', 'debates', 'moderators'].map((name) => ({ name, type: text })),
  users: [{ username: 'ana' }, { username: 'bob' }, { username: 'mod' }],
  botUser: { username: 'palabre' },
})
process.stdout.on('error', () => process.exit(0)) // nobody listens any more
await twin.start()
// Discord's commands may share a name when their types differ; the twin would refuse that.
await twin.prisma.$executeRawUnsafe('DROP INDEX "ApplicationCommand_applicationId_guildId_name_key"')

const users = Object.fromEntries((await twin.prisma.user.findMany()).map((u) => [u.username, u.id]))
const channels = Object.fromEntries((await twin.prisma.channel.findMany()).map((c) => [c.name, c.id]))
await people()

print({
  api_base: twin.restUrl, gateway: twin.gatewayUrl, token: twin.botToken, guild: twin.guildId, bot: twin.botUserId, users, channels,
})

// people gives everybody roles and permissions: the bot those of moderation, "mod" a role "Moderators".
async function people() {
  const roles = { Palabre: [moderation, 2, users.palabre], Moderators: [moderation, 1, users.mod] }
  for (const [name, [permissions, position, user]] of Object.entries(roles)) {
    const id = generateSnowflake()
    await twin.prisma.role.create({ data: { id, guildId: twin.guildId, name, permissions, position } })
    await update(user, { roles: JSON.stringify([id]), permissions: (BigInt(permissions) | BigInt(member)).toString() })
  }
  for (const name of ['ana', 'bob']) {
    await update(users[name], { permissions: member })
  }
}

function update(userId, data) {
  return twin.prisma.guildMember.update({ where: { guildId_userId: { guildId: twin.guildId, userId } }, data })
}

function print(object) {
  process.stdout.write(JSON.stringify(object) + '\n')
}

const where = (c) => channels[c.channel ?? 'general'] ?? c.channel
const who = (name) => users[name] ?? name

// optionsOf types the values of a command as it was registered, and resolves its members.
async function optionsOf(command, values = {}) {
  const options = [], resolved = { users: {}, members: {} }
  for (const option of JSON.parse(command.options)) {
    if (!(option.name in values)) {
      if (option.required) throw new Error(`the option ${option.name} is required`)
      continue
    }
    const value = option.type === 6 ? who(values[option.name]) : values[option.name]
    options.push({ name: option.name, type: option.type, value })
    if (option.type === 6) await resolve(value, resolved)
  }
  for (const name of Object.keys(values)) {
    if (!options.some((o) => o.name === name)) throw new Error(`unknown option ${name}`)
  }
  return { ...(options.length ? { options } : {}), ...(Object.keys(resolved.users).length ? { resolved } : {}) }
}

async function resolve(id, resolved) {
  const m = await twin.prisma.guildMember.findUniqueOrThrow({
    where: { guildId_userId: { guildId: twin.guildId, userId: id } }, include: { user: true },
  })
  resolved.users[id] = { id, username: m.user.username, discriminator: '0', global_name: m.user.globalName, avatar: null }
  resolved.members[id] = { roles: JSON.parse(m.roles), joined_at: m.joinedAt.toISOString(), permissions: m.permissions ?? member, pending: false, flags: 0 }
}

async function registered(name, type) {
  const all = await twin.prisma.applicationCommand.findMany({ where: { name, type } })
  if (all.length === 0) throw new Error(`no command ${name} of type ${type} is registered`)
  return all.find((c) => c.guildId === twin.guildId) ?? all[0]
}

async function interact(c, type, data, messageId) {
  return twin.simulateInteraction({ type, channelId: where(c), userId: who(c.user), data, messageId })
}

// parts are all components of a message, however deep.
function parts(components = []) {
  return components.flatMap((c) => [c, ...parts(c.components), ...(c.component ? [c.component] : [])])
}

async function shown(c) {
  const messages = await twin.channel(where(c)).getMessages()
  // The twin forgets that a deferral was private when its answer comes.
  const deferrals = await twin.prisma.interactionResponse.findMany({ where: { type: 5 } })
  const hidden = new Set(deferrals.filter((d) => JSON.parse(d.data ?? '{}').flags & 64).map((d) => d.messageId))
  return messages.map((m) => ({
    id: m.id, author: m.author.username, text: m.content, private: Boolean(m.flags & 64) || hidden.has(m.id), embeds: m.embeds,
    buttons: parts(m.components).filter((b) => b.type === 2).map((b) => ({ id: b.custom_id, label: b.label })),
  }))
}

async function pressed(c) {
  const all = (await shown(c)).filter((m) => !c.message || m.id === c.message).reverse()
  for (const m of all) {
    const button = m.buttons.find((b) => b.id === c.button || b.label === c.button)
    if (button) return { message: m.id, id: button.id }
  }
  throw new Error(`no message shows a button ${c.button}`)
}

const responseOf = (interactionId) => twin.prisma.interactionResponse.findUnique({ where: { interactionId } })

// until waits for a condition on an interaction.
async function until(c, holds) {
  const end = Date.now() + (c.within ?? 5000)
  for (;;) {
    const row = await responseOf(c.interaction)
    if (row && await holds(row)) return row
    if (Date.now() > end) throw new Error(`not within ${c.within ?? 5000} ms: ${JSON.stringify(row)}`)
    await new Promise((done) => setTimeout(done, 20))
  }
}

async function told(row) {
  const message = row.messageId && await twin.prisma.message.findUnique({ where: { id: row.messageId } })
  const data = JSON.parse(row.data ?? 'null')
  return { type: row.type, private: Boolean((data?.flags ?? message?.flags ?? 0) & 64), data, message: row.messageId, text: message?.content ?? data?.content }
}

const acts = {
  say: async (c) => ({ id: (await twin.channel(where(c)).user(who(c.user)).sendMessage({ content: c.text })).id }),
  edit: async (c) => ({ id: (await twin.simulateUserMessageEdit({ channelId: where(c), messageId: c.message, content: c.text })).id }),
  delete: async (c) => { await twin.simulateUserMessageDelete({ channelId: where(c), messageId: c.message }) },
  command: async (c) => {
    const command = await registered(c.name, 1)
    return interact(c, 2, { id: command.id, name: command.name, type: 1, guild_id: command.guildId ?? undefined, ...await optionsOf(command, c.options) })
  },
  menu: async (c) => {
    const command = await registered(c.name, 2), resolved = { users: {}, members: {} }
    await resolve(who(c.target), resolved)
    return interact(c, 2, { id: command.id, name: command.name, type: 2, guild_id: command.guildId ?? undefined, target_id: who(c.target), resolved })
  },
  press: async (c) => {
    const { message, id } = await pressed(c)
    return { ...await interact(c, 3, { custom_id: id, component_type: 2 }, message), message }
  },
  submit: async (c) => {
    const id = c.id ?? JSON.parse((await responseOf(c.form)).data).custom_id
    const rows = Object.entries(c.fields).map(([key, value]) => ({ type: 1, components: [{ type: 4, custom_id: key, value }] }))
    return interact(c, 5, { custom_id: id, components: rows })
  },
  answer: async (c) => told(await until(c, (row) => row.acknowledged)),
  settled: async (c) => told(await until(c, async (row) => row.acknowledged && row.messageId &&
    (await twin.prisma.message.findUnique({ where: { id: row.messageId } }))?.content !== '')),
  show: async (c) => ({ messages: await shown(c) }),
  commands: async () => ({ commands: (await twin.prisma.applicationCommand.findMany()).map((c) => ({ ...c, options: JSON.parse(c.options) })) }),
  stop: async () => { setImmediate(() => process.exit(0)) },
}

for await (const line of createInterface({ input: process.stdin })) {
  if (!line.trim()) continue
  try {
    const c = JSON.parse(line)
    if (!acts[c.do]) throw new Error(`there is nothing like ${c.do}`)
    print({ did: c.do, ...await acts[c.do](c) })
  } catch (error) {
    print({ error: String(error.message ?? error) })
  }
}
process.exit(0)
