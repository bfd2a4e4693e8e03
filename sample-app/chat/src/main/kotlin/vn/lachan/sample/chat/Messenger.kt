package vn.lachan.sample.chat

import android.content.Context
import vn.lachan.Action
import vn.lachan.AgeBand
import vn.lachan.Conversation
import vn.lachan.Direction
import vn.lachan.LaChan
import vn.lachan.Message
import vn.lachan.MessageCheck
import vn.lachan.NotCheckedReason
import vn.lachan.Policy
import vn.lachan.Protection
import vn.lachan.Verdict
import vn.lachan.ui.Lessons

/** What is in a chat. It is kept in memory alone. */
internal sealed interface Item {
    class Words(val text: String, val gloss: String?, val mine: Boolean, val check: MessageCheck?) : Item

    class Picture(val kind: PictureKind, val mine: Boolean, val verdict: Verdict) : Item

    /** What the app itself says. */
    class Note(val words: String) : Item

    /** An invitation that nobody has to take. */
    class Invite(val lesson: String) : Item
}

/** A chat with one peer and how far its script has come. */
internal class Chat(var peer: Peer) {
    val items = mutableListOf<Item>()
    var at = 0
    var blocked = false

    /** Hints that were given: the same one twice is not read any more. */
    val hinted = mutableSetOf<String>()

    val next: Step? get() = peer.steps.getOrNull(at)
}

/** The messenger behind the pages: chats, the child's settings, and the shield. Outlives a turn of the phone. */
internal class Messenger(context: Context) {
    val settings = Settings(context.applicationContext)
    var chats: List<Chat> = Peers.read(context).map(::Chat)
        private set

    /** `null` while it is being opened. */
    var shield: LaChan? = null
        private set

    val age: AgeBand get() = settings.age
    val isProtected: Boolean get() = shield?.protection?.value.let { it != null && it != Protection.Off }
    val policy: Policy get() = shield?.policy ?: Policy.Off

    /** Opens the shield under what was agreed to so far: without an agreement it does nothing. */
    suspend fun open(context: Context) {
        if (shield == null) shield = Opening.open(context.applicationContext, agreed())
    }

    /** The child agreed, or changed the age to try. */
    suspend fun agree(age: AgeBand) {
        settings.age = age
        settings.agreed = true
        shield?.setPolicy(agreed())
    }

    /** One step: nothing is looked at any more, and what was remembered is gone. */
    suspend fun withdraw() {
        for (chat in chats) talk(chat)?.forget()
        settings.agreed = false
        shield?.setPolicy(agreed())
    }

    private fun agreed(): Policy = if (settings.agreed) Policy.forAge(settings.age) else Policy(Protection.Off, settings.age)

    /** The same chats with names in the language of [context]. */
    fun rename(context: Context) {
        val peers = Peers.read(context).associateBy { it.id }
        for (chat in chats) chat.peer = peers.getValue(chat.peer.id)
    }

    /** The script from its beginning, with a memory that knows nothing of it. */
    suspend fun restart(chat: Chat) {
        talk(chat)?.forget()
        chats = chats.map { if (it === chat) Chat(it.peer) else it }
    }

    private fun talk(chat: Chat): Conversation? = shield?.conversation(chat.peer.id, chat.peer.trust)

    /** Takes a message of the script; the hint goes with it if there is one worth showing. */
    suspend fun receive(chat: Chat, step: Step.Words): Item.Words {
        val check = talk(chat)?.check(Message.incoming(step.text))?.takeIf { worthShowing(chat, it) }
        return Item.Words(step.text, step.gloss, mine = false, check).also { chat.items += it }
    }

    private fun worthShowing(chat: Chat, check: MessageCheck): Boolean {
        val concern = check.verdict as? Verdict.Concern ?: return false
        if (concern.action != Action.Tip) return true.also { chat.hinted += concern.advice.warning }
        return chat.peer.id !in settings.quiet && chat.hinted.add(concern.advice.warning)
    }

    suspend fun receive(chat: Chat, context: Context, kind: PictureKind): Item.Picture =
        Item.Picture(kind, mine = false, look(context, kind, Direction.Incoming)).also { chat.items += it }

    /** Looks at what the child is about to send. */
    suspend fun beforeSending(chat: Chat, text: String): MessageCheck? = talk(chat)?.check(Message.outgoing(text))

    suspend fun withdraw(chat: Chat) {
        talk(chat)?.withdraw()
    }

    suspend fun look(context: Context, kind: PictureKind, direction: Direction): Verdict =
        shield?.checkImage(Pictures.load(context, kind), direction) ?: Verdict.NotChecked(NotCheckedReason.PolicyOff)

    /** The lesson of a concern, offered once a chat. */
    fun invite(chat: Chat, context: Context, concern: Verdict.Concern): Item.Invite? {
        val lesson = Lessons.of(context, concern.advice, age)?.key ?: return null
        if (chat.items.any { it is Item.Invite && it.lesson == lesson }) return null
        return Item.Invite(lesson).also { chat.items += it }
    }

    fun close() {
        shield?.close()
    }
}

/** What the child decides, in the app's private files. */
internal class Settings(context: Context) {
    private val file = context.getSharedPreferences("chat", Context.MODE_PRIVATE)

    /** Whether the first page was answered. */
    var asked: Boolean
        get() = file.getBoolean("asked", false)
        set(value) = file.edit().putBoolean("asked", value).apply()

    var agreed: Boolean
        get() = file.getBoolean("agreed", false)
        set(value) = file.edit().putBoolean("agreed", value).apply()

    var age: AgeBand
        get() = file.getString("age", null)?.let { name -> AgeBand.values().firstOrNull { it.name == name } } ?: AgeBand.Under13
        set(value) = file.edit().putString("age", value.name).apply()

    /** Peers for whom small hints are hidden. */
    var quiet: Set<String>
        get() = file.getStringSet("quiet", emptySet()).orEmpty().toSet()
        set(value) = file.edit().putStringSet("quiet", value).apply()

    /** `vi`, `en`, or `null` for that of the phone. */
    var language: String?
        get() = file.getString("language", null)
        set(value) = file.edit().putString("language", value).apply()
}
