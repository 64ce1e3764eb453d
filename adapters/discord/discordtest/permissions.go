package discordtest

// The permissions that the server looks at, as bits.
const (
	KickMembers           uint64 = 1 << 1
	BanMembers            uint64 = 1 << 2
	Administrator         uint64 = 1 << 3
	ManageChannels        uint64 = 1 << 4
	ManageGuild           uint64 = 1 << 5
	AddReactions          uint64 = 1 << 6
	ViewAuditLog          uint64 = 1 << 7
	ViewChannel           uint64 = 1 << 10
	SendMessages          uint64 = 1 << 11
	ManageMessages        uint64 = 1 << 13
	EmbedLinks            uint64 = 1 << 14
	AttachFiles           uint64 = 1 << 15
	ReadMessageHistory    uint64 = 1 << 16
	MentionEveryone       uint64 = 1 << 17
	ChangeNickname        uint64 = 1 << 26
	ManageNicknames       uint64 = 1 << 27
	ManageRoles           uint64 = 1 << 28
	ManageWebhooks        uint64 = 1 << 29
	UseCommands           uint64 = 1 << 31
	ManageThreads         uint64 = 1 << 34
	CreatePublicThreads   uint64 = 1 << 35
	SendMessagesInThreads uint64 = 1 << 38
	ModerateMembers       uint64 = 1 << 40
	PinMessages           uint64 = 1 << 51
	SendPolls             uint64 = 1 << 49
	UseExternalApps       uint64 = 1 << 50
	BypassSlowmode        uint64 = 1 << 52

	everything uint64 = 1<<53 - 1
)

// Everyone is what members may do by default.
const Everyone = AddReactions | ViewChannel | SendMessages | EmbedLinks | AttachFiles | ReadMessageHistory |
	ChangeNickname | UseCommands | CreatePublicThreads | SendMessagesInThreads | SendPolls | UseExternalApps

// Moderation is what a moderation bot needs, and no more.
const Moderation = Everyone | KickMembers | BanMembers | ManageMessages | ManageRoles | ManageThreads |
	ModerateMembers | ViewAuditLog | PinMessages

// Moderators is what the moderators of a new guild may do.
const Moderators = Everyone | KickMembers | BanMembers | ManageMessages | ModerateMembers | ViewAuditLog | ManageThreads | PinMessages

// The intents of an IDENTIFY.
const (
	intentGuilds              = 1 << 0
	intentMembers             = 1 << 1
	intentModeration          = 1 << 2
	intentPresences           = 1 << 8
	intentMessages            = 1 << 9
	intentReactions           = 1 << 10
	intentTyping              = 1 << 11
	intentDirectMessages      = 1 << 12
	intentContent             = 1 << 15
	intentAutoModRules        = 1 << 20
	intentAutoModActions      = 1 << 21
	intentInvites             = 1 << 6
	intentDirectReactions     = 1 << 13
	intentPolls               = 1 << 24
	privileged                = intentMembers | intentPresences | intentContent
	knownIntents          int = 1<<26 - 1
)
