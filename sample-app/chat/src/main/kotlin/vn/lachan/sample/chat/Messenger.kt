package vn.lachan.sample.chat

import android.content.Context
import kotlinx.coroutines.sync.Mutex
import kotlinx.coroutines.sync.withLock
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
import vn.lachan.guardian.ChildPhone
import vn.lachan.guardian.FamilyState
import vn.lachan.guardian.SetupProgress
import vn.lachan.guardian.Wipeable
import vn.lachan.ui.Lessons

/** What is in a chat. It is kept in memory alone. */
internal sealed interface Item {
    class Words(val text: String, val gloss: String?, val mine: Boolean, var check: MessageCheck?) : Item {
        val atMillis = Opening.nowMillis()
    }

    class Picture(val kind: PictureKind, val mine: Boolean, var verdict: Verdict) : Item {
        val atMillis = Opening.nowMillis()
    }

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

    /** What was looked at last and is not sent yet. */
    var pending: Pair<String, MessageCheck>? = null

    /** An interruption that nobody has answered yet: a turn of the phone takes its sheet away, read or not. */
    var unanswered: Verdict.Concern? = null

    val next: Step? get() = peer.steps.getOrNull(at)

    /** What was found out about the chat goes; what was said in it stays. */
    fun forgetVerdicts() {
        hinted.clear()
        pending = null
        unanswered = null
        items.removeAll { it is Item.Invite }
        for (item in items) {
            if (item is Item.Words) item.check = null
            if (item is Item.Picture) item.verdict = OFF
        }
    }
}

private val OFF = Verdict.NotChecked(NotCheckedReason.PolicyOff)

/**
 * The family did not switch this on: what came is shown as ever. Whatever else was not checked should have been, or nobody knows
 * what the family decided.
 */
internal val Verdict.isNotAskedFor: Boolean
    get() = this is Verdict.NotChecked && (reason == NotCheckedReason.PolicyOff || reason == NotCheckedReason.NotCovered)

/** Nobody looked at what should have been looked at: it is neither safe nor a finding. Where nothing was written, nothing is missed. */
internal val Verdict.isUnchecked: Boolean
    get() = this is Verdict.NotChecked && !isNotAskedFor && reason != NotCheckedReason.Empty

/** The messenger behind the pages: chats, the family that this phone follows, and the shield. Outlives a turn of the phone. */
internal class Messenger(context: Context) {
    private val app: Context = context.applicationContext
    private val opening = Mutex()
    val settings = Settings(app)
    var chats: List<Chat> = Peers.read(context).map(::Chat)
        private set

    /** Both `null` while they are being opened. */
    var shield: LaChan? = null
        private set
    var family: ChildPhone? = null
        private set

    /** What the settings say about the last thing that was done there, until the child leaves them. */
    var said: String? = null

    /** How far a guardian has come in setting the phone up. */
    var setup = SetupProgress()

    val state: FamilyState? get() = family?.state?.value
    val policy: Policy get() = shield?.policy ?: Policy.Off
    val isProtected: Boolean get() = policy.protection != Protection.Off

    /** As the policy says; before there is one, as the birthday does. */
    val age: AgeBand get() = if (isProtected) policy.age else family?.ageBand ?: AgeBand.Under13

    /** What a withdrawal wipes of this app's own. */
    val things: List<Wipeable> get() = listOf(Packs.wipeable(app))

    /** Opens the family and a shield that follows it: before all have agreed it does nothing. */
    suspend fun open(): ChildPhone = opening.withLock {
        val known = family
        // One that cannot be used is not kept for good: another call tries again.
        if (known != null && known.state.value !is FamilyState.Unavailable) return known
        if (known == null) Packs.clear(app)
        val phone = Opening.family(app)
        val opened = shield ?: Opening.shield(app)
        phone.protect(opened)
        shield = opened
        family = phone
        phone
    }

    /** The family changed: after a withdrawal nothing is left of what was found out. */
    fun follow(state: FamilyState) {
        if (state is FamilyState.Withdrawn) chats.forEach(Chat::forgetVerdicts)
    }

    /** The same chats with names in the language of [context]. */
    fun rename(context: Context) {
        val peers = Peers.read(context).associateBy { it.id }
        for (chat in chats) chat.peer = peers.getValue(chat.peer.id)
    }

    /** The script from its beginning, with a memory that knows nothing of it. */
    suspend fun restart(chat: Chat) {
        talk(chat).forget()
        chats = chats.map { if (it === chat) Chat(it.peer) else it }
    }

    /** Whoever asks while all is still being opened waits for it: what comes early is not what nobody asked for. */
    private suspend fun opened(): LaChan {
        if (shield == null) open()
        return checkNotNull(shield) { "what is open has a shield" }
    }

    /** Asked anew for each message: whom the family trusts may change in the middle of a talk. */
    private suspend fun talk(chat: Chat): Conversation {
        val shield = opened()
        return shield.conversation(chat.peer.id, family?.trust(NAME, chat.peer.id, chat.peer.trust) ?: chat.peer.trust)
    }

    fun isTrusted(peer: Peer): Boolean = family?.isTrusted(NAME, peer.id) == true

    /** The child trusts a peer, or trusts it no longer; what holds then is what [isTrusted] says. */
    suspend fun setTrusted(peer: Peer, trusted: Boolean) {
        family?.setTrusted(NAME, peer.id, trusted)
    }

    /** Takes a message of the script; with it goes the hint if there is one worth showing, or that nobody could look. */
    suspend fun receive(chat: Chat, step: Step.Words): Item.Words {
        val check = talk(chat).check(Message.incoming(step.text, Opening.nowMillis())).takeIf { worthShowing(chat, it) }
        count(check?.verdict)
        return Item.Words(step.text, step.gloss, mine = false, check).also { chat.items += it }
    }

    private fun worthShowing(chat: Chat, check: MessageCheck): Boolean {
        // Said of each message: one without the line would look as if it had been checked.
        val concern = check.verdict as? Verdict.Concern ?: return check.verdict.isUnchecked
        if (concern.action != Action.Tip) return true.also { chat.hinted += concern.advice.warning }
        return !isTrusted(chat.peer) && chat.hinted.add(concern.advice.warning)
    }

    suspend fun receive(chat: Chat, context: Context, kind: PictureKind): Item.Picture {
        val verdict = look(context, kind, Direction.Incoming)
        count(verdict)
        return Item.Picture(kind, mine = false, verdict).also { chat.items += it }
    }

    /** Looks at what the child is about to send. */
    suspend fun beforeSending(chat: Chat, text: String): MessageCheck = talk(chat).check(Message.outgoing(text, Opening.nowMillis()))

    suspend fun withdraw(chat: Chat) {
        talk(chat).withdraw()
    }

    suspend fun look(context: Context, kind: PictureKind, direction: Direction): Verdict =
        opened().checkImage(Pictures.load(context, kind), direction)

    /** A warning was shown. Whether it is counted is for the family to say. */
    suspend fun count(shown: Verdict?) {
        val kind = (shown as? Verdict.Concern)?.findings?.firstOrNull()?.kind ?: return
        family?.count(kind)
    }

    /** The lesson of a concern, offered once a chat. There is none where the policy leaves lessons out. */
    fun invite(chat: Chat, context: Context, concern: Verdict.Concern): Item.Invite? {
        val lesson = Lessons.of(context, concern.advice, age)?.key ?: return null
        if (chat.items.any { it is Item.Invite && it.lesson == lesson }) return null
        return Item.Invite(lesson).also { chat.items += it }
    }

    fun close() {
        shield?.close()
    }

    companion object {
        /** This app in the family's lists of trusted peers. */
        const val NAME = "vn.lachan.sample.chat"
    }
}

/** What the child decides of the app itself, in its private files. */
internal class Settings(context: Context) {
    private val file = context.getSharedPreferences("chat", Context.MODE_PRIVATE)

    /** Whether the first page was answered. */
    var asked: Boolean
        get() = file.getBoolean("asked", false)
        set(value) = file.edit().putBoolean("asked", value).apply()

    /** `vi`, `en`, or `null` for that of the phone. */
    var language: String?
        get() = file.getString("language", null)
        set(value) = file.edit().putString("language", value).apply()
}
