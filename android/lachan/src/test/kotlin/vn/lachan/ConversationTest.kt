package vn.lachan

import java.io.File
import java.security.ProviderException
import java.security.SecureRandom
import java.util.concurrent.CopyOnWriteArrayList
import java.util.concurrent.CountDownLatch
import java.util.concurrent.Executors
import kotlin.concurrent.thread
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.Job
import kotlinx.coroutines.asCoroutineDispatcher
import kotlinx.coroutines.async
import kotlinx.coroutines.cancel
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.delay
import kotlinx.coroutines.joinAll
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withTimeout
import org.junit.Assert.assertArrayEquals
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertNotNull
import org.junit.Assert.assertNull
import org.junit.Assert.assertTrue
import org.junit.Test
import vn.lachan.ffi.InternalException
import vn.lachan.ffi.worthOfTalk
import vn.lachan.internal.KeyBox
import vn.lachan.internal.Log
import vn.lachan.internal.OpenedLaChan
import vn.lachan.internal.SealedMemory

/** Conversations through the API, on the real core with the real detector. */
class ConversationTest {
    private val start = 1_700_000_000_000L

    /** A stranger who turns to threats; nothing in it is explicit. */
    private val threats = listOf(
        "chào em, em học lớp mấy rồi",
        "chuyện này là bí mật của hai đứa mình, đừng nói với ba mẹ nha",
        "gửi anh tấm hình như hôm qua mình nói đi, anh tặng thẻ nạp cho",
        "không gửi thì anh đăng hết lên cho cả trường biết, chuyển tiền cho anh trong tối nay",
    )

    /** Of the child; nobody agreed to anything before. */
    private val agreement = "dạ, em đồng ý gặp anh ở công viên"

    private suspend fun Conversation.hear(text: String, minute: Int = 0) =
        check(Message.incoming(text, start + minute * 60_000L))

    private suspend fun Conversation.hearThreats() = threats.mapIndexed { i, text -> hear(text, i * 5) }

    @Test
    fun `a talk that turns to threats is a concern with a stage, signs and words`() = withShield { shield ->
        shield.conversation("stranger", PeerTrust.Unknown).use { talk ->
            val checks = talk.hearThreats()
            val concern = checks.map { it.verdict }.filterIsInstance<Verdict.Concern>().last()
            assertEquals(FindingKind.Grooming, concern.findings.first().kind)
            assertTrue(concern.advice.help.isNotEmpty())
            assertTrue("${checks.last().indicators}", Indicator.Threat in checks.last().indicators)
            assertNotNull(talk.stage.value)
        }
    }

    @Test
    fun `everyday talk is clear`() = withShield { shield ->
        val talk = shield.conversation("mother", PeerTrust.Family)
        for ((i, text) in listOf("con ăn cơm chưa", "chiều mẹ đón nha", "nhớ mang áo mưa").withIndex()) {
            assertEquals(text, Verdict.Clear, talk.hear(text, i).verdict)
        }
    }

    @Test
    fun `a telephone number is pointed out where it stands, after emoji too`() = withShield { shield ->
        val text = "😀 số của em là 0912345678 nha"
        val check = shield.conversation("a", PeerTrust.Unknown).check(Message.outgoing(text, start))
        val span = check.spans.single { it.kind == PersonalData.Phone }
        assertEquals("0912345678", text.substring(span.start, span.end))
        val concern = check.verdict as Verdict.Concern
        assertEquals(FindingKind.PersonalInfo, concern.findings.first().kind)
    }

    @Test
    fun `no text breaks it`() = withShield { shield ->
        val talk = shield.conversation("a", PeerTrust.Unknown)
        assertEquals(notChecked(NotCheckedReason.Empty), talk.hear("").verdict)
        for (text in listOf("\uD800", "a\uDC00b\u0000c", "ạ".repeat(5_000), "\u200b\u200b", "0".repeat(16_000))) {
            assertFalse(talk.hear(text).verdict is Verdict.NotChecked)
        }
    }

    @Test
    fun `one that is too long is not cleared, and what was read of it stays with the talk`() = withShield { shield ->
        val talk = shield.conversation("a", PeerTrust.Unknown)
        for (text in listOf("ạ".repeat(200_000), "0".repeat(50_000))) {
            assertEquals(notChecked(NotCheckedReason.TooLarge), talk.hear(text).verdict)
        }
        val filling = "dạ ".repeat(10_000)
        val check = talk.hear("$filling đừng kể với ba mẹ nha, bí mật của 2 đứa mình thôi")
        assertTrue(Indicator.Secrecy in check.indicators)
        assertEquals(check.stage, talk.stage.value)
    }

    @Test
    fun `what somebody else gives away is not pointed at`() = withShield { shield ->
        val talk = shield.conversation("a", PeerTrust.Unknown)
        assertEquals(emptyList<TextSpan>(), talk.hear("số của anh là 0912345678 nha").spans)
    }

    @Test
    fun `off and uncovered say so`() {
        withShield({ policy = Policy.Off }) { shield ->
            assertEquals(notChecked(NotCheckedReason.PolicyOff), shield.conversation("a", PeerTrust.Unknown).hear("hi").verdict)
        }
        val nothing = Checks(grooming = false, personalInfo = false)
        withShield({ policy = Policy(Protection.Guided, AgeBand.Under13, nothing) }) { shield ->
            assertEquals(notChecked(NotCheckedReason.NotCovered), shield.conversation("a", PeerTrust.Unknown).hear("hi").verdict)
        }
    }

    @Test
    fun `one peer is one conversation, whoever asks and from wherever`() = withShield { shield ->
        val talk = shield.conversation("a", PeerTrust.Unknown)
        assertTrue(talk === shield.conversation("a", PeerTrust.Unknown))
        assertTrue(talk !== shield.conversation("b", PeerTrust.Unknown))
        // All alike, so that the order in which they arrive, which nobody decides here, changes nothing.
        List(50) { launch(Dispatchers.IO) { talk.hear("chào bạn") } }.joinAll()
        talk.close()
        assertEquals(notChecked(NotCheckedReason.Closed), talk.hear("a").verdict)
        assertFalse(shield.conversation("a", PeerTrust.Unknown).hear("chào bạn").verdict is Verdict.NotChecked)
    }

    private fun memory(folder: File) =
        SealedMemory(folder, KeyBox(SealedMemory.keyFolder(folder), null, SecureRandom(), Log(null)), SecureRandom())

    private fun SealedMemory.store(peer: String, state: ByteArray, era: Long) = keep(peer, state, era) && write(peer)

    private suspend fun filesOf(host: PlainHost, count: Int): List<File> = withTimeout(20_000) {
        fun files() = host.privateFiles.resolve("talks").listFiles().orEmpty().filterNot { it.name.endsWith(".new") }
        while (files().size != count) delay(20)
        files()
    }

    @Test
    fun `what is remembered survives the app, sealed, without words or peers`() = runBlocking {
        val host = PlainHost()
        openForTest(host).use { it.conversation("stranger@example", PeerTrust.Unknown).hearThreats() }
        val file = filesOf(host, 1).single()
        assertTrue("${file.length()}", file.length() in 29..600)
        assertFalse("stranger" in file.name)
        openForTest(host).use { shield ->
            val stage = shield.conversation("stranger@example", PeerTrust.Unknown).hear("hôm nay trời mát ghê", 30).stage
            assertNotNull("the threats are remembered", stage)
            assertNull("another peer has none", shield.conversation("friend", PeerTrust.Unknown).hear("hôm nay trời mát ghê", 30).stage)
        }
    }

    @Test
    fun `a file that was changed or exchanged is a talk of which nothing is known`() = runBlocking {
        val host = PlainHost()
        openForTest(host).use { it.conversation("a", PeerTrust.Unknown).hearThreats() }
        val file = filesOf(host, 1).single()
        val sealed = file.readBytes()
        val damages = listOf(
            sealed.copyOf().also { it[20] = (it[20] + 1).toByte() }, sealed.copyOf(10), ByteArray(0), ByteArray(5000),
        )
        for (damage in damages) {
            file.writeBytes(damage)
            openForTest(host) { warmUp = false }.use { shield ->
                assertNull(shield.conversation("a", PeerTrust.Unknown).hear("hôm nay trời mát ghê", 30).stage)
            }
            delay(100)
        }
    }

    @Test
    fun `forgetting a peer leaves nothing of it`() = runBlocking {
        val host = PlainHost()
        openForTest(host).use { shield ->
            val talk = shield.conversation("a", PeerTrust.Unknown)
            talk.hearThreats()
            filesOf(host, 1)
            talk.forget()
            assertNull(talk.stage.value)
            filesOf(host, 0)
            assertNull(talk.hear("hôm nay trời mát ghê", 30).stage)
        }
    }

    @Test
    fun `forgetting needs no check before it`() = runBlocking {
        val host = PlainHost()
        openForTest(host).use { it.conversation("a", PeerTrust.Unknown).hearThreats() }
        filesOf(host, 1)
        openForTest(host) { warmUp = false }.use { it.conversation("a", PeerTrust.Unknown).forget() }
        filesOf(host, 0)
        assertEquals("nothing was made by forgetting", emptyList<String>(), PlainHost().also { fresh ->
            openForTest(fresh) { policy = Policy.Off }.use { it.conversation("a", PeerTrust.Unknown).forget() }
        }.privateFiles.list()!!.toList())
    }

    @Test
    fun `closing the door drops what was held in memory`() = withShield { shield ->
        val talk = shield.conversation("a", PeerTrust.Unknown)
        talk.hearThreats()
        assertNotNull(talk.stage.value)
        talk.close()
        assertNull(talk.stage.value)
        assertEquals(notChecked(NotCheckedReason.Closed), talk.hear("alo", 30).verdict)
    }

    @Test
    fun `a write that was on its way brings nothing back`() = runBlocking {
        val host = PlainHost()
        openForTest(host).use { shield ->
            for (end in listOf<suspend (Conversation) -> Unit>({ it.forget() }, { (shield as OpenedLaChan).forgetConversations() })) {
                val talk = shield.conversation("a", PeerTrust.Unknown)
                talk.hearThreats()
                // Closing hands the last state to a writer that nobody waits for.
                talk.close()
                end(shield.conversation("a", PeerTrust.Unknown))
                delay(SAVING_MILLIS)
                filesOf(host, 0)
                assertNull(shield.conversation("a", PeerTrust.Unknown).hear("hôm nay trời mát ghê", 30).stage)
                shield.conversation("a", PeerTrust.Unknown).forget()
            }
        }
    }

    @Test
    fun `what was taken down before a forgetting is not stored after it`() {
        val folder = PlainHost().talks
        val memory = memory(folder)
        val state = byteArrayOf(1, 2, 3)
        for (forget in listOf<(SealedMemory) -> Unit>({ it.forget("a") }, { it.forgetAll() }, { SealedMemory.wipe(folder) })) {
            val before = memory.era("a")
            assertTrue(memory.store("a", state, before))
            // By another memory over the same folder, as after the app was opened again.
            forget(memory(folder))
            assertFalse(memory.store("a", state, before))
            assertEquals(0, memory.load("a")!!.size)
        }
        assertTrue("another peer is not concerned", memory.era("b").let { era -> memory.forget("a"); memory.store("b", state, era) })
    }

    @Test
    fun `a phone that is full of peers forgets harmless ones before one that was warned of`() = runBlocking {
        val host = PlainHost()
        openForTest(host).use { it.conversation("a", PeerTrust.Unknown).hearThreats() }
        filesOf(host, 1)
        val memory = memory(host.talks)
        val warned = memory.load("a")!!
        assertEquals(2, worthOfTalk(warned).toInt())
        assertEquals(0, worthOfTalk(byteArrayOf()).toInt())
        val first = host.talks.listFiles()!!.single()
        assertTrue(first.setLastModified(1_000))
        for (n in 0 until SealedMemory.MOST_PEERS) {
            val peer = "harmless $n"
            assertTrue(memory.store(peer, byteArrayOf(0), memory.era(peer)))
            // Two that are written within a millisecond are as old as each other.
            if (n == 0) assertTrue(host.talks.listFiles()!!.single { it != first }.setLastModified(2_000))
        }
        assertEquals(SealedMemory.MOST_PEERS, host.talks.listFiles()!!.size)
        assertTrue("the oldest of all, and the only one that was warned of", warned.contentEquals(memory.load("a")))
        assertEquals(0, memory.load("harmless 0")!!.size)
    }

    @Test
    fun `with all conversations the key goes that they were sealed with`() = runBlocking {
        val host = PlainHost()
        openForTest(host).use { shield ->
            shield.conversation("a", PeerTrust.Unknown).hearThreats()
            filesOf(host, 1)
            val key = host.privateFiles.resolve("talks-key/seal.key")
            val before = key.readBytes()
            (shield as OpenedLaChan).forgetConversations()
            assertFalse(key.exists())
            filesOf(host, 0)
            // A later talk is sealed with another.
            shield.conversation("a", PeerTrust.Unknown).hearThreats()
            filesOf(host, 1)
            assertFalse(before.contentEquals(key.readBytes()))
        }
    }

    @Test
    fun `a peer that comes onto a list of trusted ones is known so from the next message on`() = withShield { shield ->
        suspend fun verdicts(words: List<String>, trust: PeerTrust, later: PeerTrust): List<Verdict> {
            val name = "${words.hashCode()}-$trust-$later"
            return words.mapIndexed { i, text ->
                shield.conversation(name, if (i == 0) trust else later).hear(text, i * 5).verdict
            }
        }
        var different = 0
        for (words in listOf(threats.take(3)) + betweenStrangerAndFamily) {
            val stranger = verdicts(words, PeerTrust.Unknown, PeerTrust.Unknown)
            val trusted = verdicts(words, PeerTrust.Family, PeerTrust.Family)
            if (stranger != trusted) different++
            assertEquals("an open talk follows the list", trusted.drop(1), verdicts(words, PeerTrust.Unknown, PeerTrust.Family).drop(1))
        }
        assertTrue("the same words weigh less from somebody known", different > 0)
    }

    @Test
    fun `a message that was not sent after all is taken back`() = runBlocking {
        openForTest().use { shield ->
            suspend fun stageAfter(name: String, withdraw: Boolean): Stage? {
                val talk = shield.conversation(name, PeerTrust.Unknown)
                talk.check(Message.outgoing(agreement, start))
                if (withdraw) talk.withdraw()
                return talk.hear("ok", 1).stage
            }
            assertNull(stageAfter("b", withdraw = true))
            // The same talk without taking it back is not the same.
            assertEquals(Stage.Meeting, stageAfter("a", withdraw = false))
        }
    }

    @Test
    fun `what was sent stays, whatever is asked about and taken back after it`() = withShield { shield ->
        val covered = shield.policy
        suspend fun under(policy: Policy, talk: Conversation) {
            shield.setPolicy(policy)
            assertTrue(talk.check(Message.outgoing("alo", start)).verdict is Verdict.NotChecked)
            shield.setPolicy(covered)
        }
        class Refusal(val what: String, val refuse: suspend (Conversation) -> Unit)
        val refusals = listOf(
            Refusal("nothing is in the field any more") { it.check(Message.outgoing("", start)) },
            Refusal("protection was switched off") { under(Policy.Off, it) },
            Refusal("words are not looked at") { under(covered.copy(checks = Checks(grooming = false, personalInfo = false)), it) },
            Refusal("given up before it began") { talk ->
                val givenUp = launch {
                    cancel()
                    talk.check(Message.outgoing("alo", start))
                }
                givenUp.join()
            },
        )
        for (refusal in refusals) {
            val talk = shield.conversation(refusal.what, PeerTrust.Unknown)
            talk.check(Message.outgoing(agreement, start))
            refusal.refuse(talk)
            talk.withdraw()
            assertEquals(refusal.what, Stage.Meeting, talk.hear("ok", 1).stage)
        }
    }

    @Test
    fun `a draft is taken back alone, and what was received while it was thought over stays`() = runBlocking {
        val host = PlainHost()
        openForTest(host).use { shield ->
            for (drafted in listOf(true, false)) {
                val talk = shield.conversation("$drafted", PeerTrust.Unknown)
                talk.hear(threats[0])
                if (drafted) talk.check(Message.outgoing(agreement, start))
                talk.hear(threats[1], 5)
                // A picture without words.
                talk.hear("", 6)
                talk.hear(threats[2], 10)
                if (drafted) talk.withdraw()
                // Once is all.
                talk.withdraw()
            }
        }
        filesOf(host, 2)
        val (with, without) = listOf(true, false).map { memory(host.talks).load("$it")!! }
        assertTrue(without.isNotEmpty())
        assertArrayEquals("as if it had never been looked at", without, with)
    }

    @Test
    fun `a message that is sent while a draft is looked at stays`() = runBlocking {
        val host = PlainHost()
        openForTest(host).use { shield ->
            val talk = shield.conversation("a", PeerTrust.Unknown)
            val workers = CountDownLatch(1).also { host.holdsWorkers = it }
            val looking = launch(start = CoroutineStart.UNDISPATCHED) { talk.checkDraft("alo") }
            val sending = launch(start = CoroutineStart.UNDISPATCHED) { talk.check(Message.outgoing(agreement)) }
            workers.countDown()
            joinAll(looking, sending)
            assertEquals(Stage.Meeting, talk.check(Message.incoming("ok")).stage)
        }
    }

    @Test
    fun `nothing of a draft stays, whether it is looked at, given up or refused`() = runBlocking {
        val host = PlainHost()
        openForTest(host).use { shield ->
            val talk = shield.conversation("a", PeerTrust.Unknown)
            assertEquals(Stage.Meeting, talk.checkDraft(agreement).stage)
            assertNull("it was not said", talk.stage.value)
            withAnswerOnItsWay(host, { talk.checkDraft(agreement) }) { it.cancel() }
            assertEquals(notChecked(NotCheckedReason.Empty), talk.checkDraft("").verdict)
            assertNull(talk.check(Message.incoming("ok")).stage)
            val number = "số của em là 0912345678"
            assertEquals("0912345678", talk.checkDraft(number).spans.single().let { number.substring(it.start, it.end) })
            shield.setPolicy(Policy.Off)
            assertEquals(notChecked(NotCheckedReason.PolicyOff), talk.checkDraft(agreement).verdict)
            talk.close()
            assertEquals(notChecked(NotCheckedReason.Closed), talk.checkDraft(agreement).verdict)
        }
        openForTest(host).use { assertNull(it.conversation("a", PeerTrust.Unknown).check(Message.incoming("ok")).stage) }
    }

    @Test
    fun `what the child thinks over is taken back also after a draft was looked at`() = withShield { shield ->
        val talk = shield.conversation("a", PeerTrust.Unknown)
        talk.check(Message.outgoing(agreement))
        talk.checkDraft("alo")
        assertEquals(Stage.Meeting, talk.stage.value)
        talk.withdraw()
        assertNull(talk.stage.value)
    }

    @Test
    fun `a draft that was written down goes from the disk, too`(): Unit = runBlocking {
        val host = PlainHost()
        openForTest(host).use { shield ->
            val talk = shield.conversation("a", PeerTrust.Unknown)
            talk.check(Message.outgoing(agreement, start))
            filesOf(host, 1)
            talk.withdraw()
            filesOf(host, 0)
        }
    }

    /** Calls [body] when the answer of a check is there and has not reached the caller, which it does not before its end. */
    private suspend fun CoroutineScope.withAnswerOnItsWay(host: PlainHost, check: suspend () -> Unit, body: suspend (Job) -> Unit) {
        Executors.newSingleThreadExecutor().asCoroutineDispatcher().use { caller ->
            val workers = CountDownLatch(1).also { host.holdsWorkers = it }
            val checking = launch(caller) { check() }
            val busy = CountDownLatch(1)
            // Only when the caller waits for the answer is its thread free for this.
            val waits = CompletableDeferred<Unit>()
            launch(caller) {
                waits.complete(Unit)
                busy.await()
            }
            waits.await()
            workers.countDown()
            delay(ANSWER_MILLIS)
            try {
                body(checking)
            } finally {
                busy.countDown()
                checking.join()
            }
        }
    }

    @Test
    fun `an outgoing message whose check is given up counts as not sent`() = runBlocking {
        val host = PlainHost()
        openForTest(host).use { shield ->
            val talk = shield.conversation("a", PeerTrust.Unknown)
            withAnswerOnItsWay(host, { talk.check(Message.outgoing(agreement, start)) }) { it.cancel() }
            assertNull(talk.stage.value)
            assertNull(talk.hear("ok", 1).stage)
        }
    }

    @Test
    fun `a check that ends after the closing shows no stage`() = runBlocking {
        val host = PlainHost()
        openForTest(host).use { shield ->
            val talk = shield.conversation("a", PeerTrust.Unknown)
            withAnswerOnItsWay(host, { talk.check(Message.outgoing(agreement, start)) }) { talk.close() }
            assertNull(talk.stage.value)
        }
    }

    @Test
    fun `the stage is that of the talk as it stands`() = withShield { shield ->
        val talk = shield.conversation("a", PeerTrust.Unknown)
        talk.hearThreats()
        assertNotNull(talk.stage.value)
        assertNull(talk.hear("hôm nay trời mát ghê", A_YEAR).stage)
        assertNull("it has faded", talk.stage.value)
        talk.check(Message.outgoing(agreement, start + A_YEAR * 60_000L))
        assertEquals(Stage.Meeting, talk.stage.value)
        talk.withdraw()
        assertNull("it was not sent", talk.stage.value)
    }

    @Test
    fun `a stage that is remembered is told even where nothing can be checked`() = runBlocking {
        val host = PlainHost()
        openForTest(host).use { it.conversation("a", PeerTrust.Unknown).hearThreats() }
        filesOf(host, 1)
        openForTest(host) { models = ModelSource.None }.use { shield ->
            val talk = shield.conversation("a", PeerTrust.Unknown)
            assertEquals(notChecked(NotCheckedReason.ModelUnavailable), talk.hear("alo", 30).verdict)
            assertNotNull(talk.stage.value)
        }
    }

    @Test
    fun `a message from the future counts as one of now`() = withShield { shield ->
        val talk = shield.conversation("a", PeerTrust.Unknown)
        for (text in threats) talk.check(Message.incoming(text))
        val ahead = System.currentTimeMillis() + A_YEAR * 60_000L
        assertNotNull("it ages nothing", talk.check(Message.incoming("hôm nay trời mát ghê", ahead)).stage)
    }

    /** Runs [body] while nobody comes to writing. */
    private suspend fun <T> withoutWriters(body: suspend () -> T): T = coroutineScope {
        val end = CountDownLatch(1)
        repeat(MORE_THAN_WRITE) { launch(Dispatchers.IO) { end.await() } }
        try {
            body()
        } finally {
            end.countDown()
        }
    }

    @Test
    fun `a conversation that is closed and opened again knows what it just saw`() = runBlocking {
        val host = PlainHost()
        withoutWriters {
            openForTest(host).use { shield ->
                shield.conversation("a", PeerTrust.Unknown).use { it.hearThreats() }
                assertNotNull(shield.conversation("a", PeerTrust.Unknown).hear("hôm nay trời mát ghê", 30).stage)
            }
            openForTest(host).use { shield ->
                assertNotNull("the app's next shield, too", shield.conversation("a", PeerTrust.Unknown).hear("hôm nay trời mát ghê", 31).stage)
            }
        }
        filesOf(host, 1)
        openForTest(host).use { shield ->
            assertNotNull("and the disk", shield.conversation("a", PeerTrust.Unknown).hear("hôm nay trời mát ghê", 32).stage)
        }
    }

    @Test
    fun `a key store that does not answer for a while costs no memory`() = runBlocking {
        val store = TestKeyStore()
        val host = PlainHost(keyStore = store)
        openForTest(host).use { it.conversation("a", PeerTrust.Unknown).hearThreats() }
        val files = filesOf(host, 1) + host.privateFiles.resolve("talks-key/seal.key")
        val kept = files.map { it.readBytes().toList() }
        suspend fun LaChan.stage() = conversation("a", PeerTrust.Unknown).hear("hôm nay trời mát ghê", 30).stage
        store.failure = ProviderException()
        openForTest(host).use { shield ->
            assertNull("checked all the same, in the light of nothing", shield.stage())
            delay(SAVING_MILLIS)
            shield.conversation("a", PeerTrust.Unknown).close()
            assertNull(shield.stage())
            delay(SAVING_MILLIS)
            filesOf(host, 1)
            assertEquals("nothing takes the place of what is out of reach", kept, files.map { it.readBytes().toList() })
            store.failure = null
            assertNotNull("it is remembered as soon as the store answers", shield.stage())
        }
        openForTest(host).use { assertNotNull(it.stage()) }
    }

    /** On a thread that stands for the main one. */
    private fun assertDoneAtOnce(what: String, body: () -> Unit) {
        val main = thread { body() }
        main.join(LONGEST_WAIT_MILLIS)
        assertFalse(what, main.isAlive)
    }

    @Test
    fun `closing waits for no key store, and nothing is lost by it`() = runBlocking {
        val store = TestKeyStore()
        val host = PlainHost(keyStore = store)
        val peers = listOf("a", "b", "c")
        val shield = openForTest(host)
        val talks = peers.map { peer -> shield.conversation(peer, PeerTrust.Unknown).also { it.hearThreats() } }
        // However long that took, no key is there yet.
        SealedMemory.wipe(host.talks)
        val answers = CountDownLatch(1).also { store.holds = it }
        try {
            talks[0].close()
            store.asked.await()
            assertDoneAtOnce("a talk, while that of another is written") { talks[1].close() }
            assertDoneAtOnce("all of it") { shield.close() }
        } finally {
            answers.countDown()
        }
        openForTest(host).use { next ->
            for (peer in peers) {
                val stage = next.conversation(peer, PeerTrust.Unknown).hear("hôm nay trời mát ghê", 30).stage
                assertNotNull("$peer, by whoever comes next", stage)
            }
        }
        filesOf(host, peers.size)
        Unit
    }

    @Test
    fun `closing does not wait either while what is remembered is read`() = runBlocking {
        val store = TestKeyStore()
        val host = PlainHost(keyStore = store)
        openForTest(host).use { it.conversation("a", PeerTrust.Unknown).hearThreats() }
        filesOf(host, 1)
        val shield = openForTest(host)
        val talk = shield.conversation("a", PeerTrust.Unknown)
        val answers = CountDownLatch(1).also { store.holds = it }
        val check = async(Dispatchers.IO) { talk.hear("alo", 30) }
        try {
            store.asked.await()
            assertDoneAtOnce("a talk") { talk.close() }
            assertDoneAtOnce("all of it") { shield.close() }
        } finally {
            answers.countDown()
        }
        assertEquals(notChecked(NotCheckedReason.Closed), check.await().verdict)
        assertNull(talk.stage.value)
        openForTest(host).use { assertNotNull(it.conversation("a", PeerTrust.Unknown).hear("hôm nay trời mát ghê", 30).stage) }
    }

    @Test
    fun `a state that is kept while an older one is written is written after it`() {
        val store = TestKeyStore()
        val folder = PlainHost().talks
        val memory = SealedMemory(folder, KeyBox(SealedMemory.keyFolder(folder), store, SecureRandom(), Log(null)), SecureRandom())
        val (older, newer) = listOf(byteArrayOf(1), byteArrayOf(2))
        assertTrue(memory.keep("a", older, memory.era("a")))
        val answers = CountDownLatch(1).also { store.holds = it }
        val writing = thread { memory.write("a") }
        store.asked.await()
        assertDoneAtOnce("keeping") { memory.keep("a", newer, memory.era("a")) }
        answers.countDown()
        writing.join()
        assertArrayEquals("the newer one is not taken for written", newer, memory.load("a"))
        assertTrue(memory.write("a"))
        assertFalse("and is then", memory.write("a"))
        assertArrayEquals(newer, memory.load("a"))
    }

    @Test
    fun `a peer that is forgotten while the key store does not answer stays forgotten`() = runBlocking {
        val store = TestKeyStore()
        val host = PlainHost(keyStore = store)
        openForTest(host).use { it.conversation("a", PeerTrust.Unknown).hearThreats() }
        filesOf(host, 1)
        openForTest(host).use { shield ->
            store.failure = ProviderException()
            shield.conversation("a", PeerTrust.Unknown).forget()
            assertNull(shield.conversation("a", PeerTrust.Unknown).hear("hôm nay trời mát ghê", 30).stage)
            shield.conversation("a", PeerTrust.Unknown).forget()
            filesOf(host, 1)
            store.failure = null
            shield.conversation("b", PeerTrust.Unknown).hear("chào bạn", 30)
            assertEquals("it goes as soon as it can be found", 0, filesOf(host, 0).size)
        }
    }

    @Test
    fun `whatever goes wrong while the memory is written stays inside, and is told`() = runBlocking {
        val store = TestKeyStore()
        val lines = CopyOnWriteArrayList<String>()
        val uncaught = CopyOnWriteArrayList<Throwable>()
        val handler = Thread.getDefaultUncaughtExceptionHandler()
        Thread.setDefaultUncaughtExceptionHandler { _, failure -> uncaught += failure }
        try {
            openForTest(PlainHost(keyStore = store)) { logger = Logger { _, line -> lines += line } }.use { shield ->
                shield.conversation("a", PeerTrust.Unknown).use {
                    it.hearThreats()
                    store.failure = InternalException("as the library says that it panicked")
                }
                withTimeout(20_000) { while (lines.none { "not kept" in it } && uncaught.isEmpty()) delay(20) }
                store.failure = null
                assertNotNull(shield.conversation("a", PeerTrust.Unknown).hear("hôm nay trời mát ghê", 30).stage)
            }
        } finally {
            Thread.setDefaultUncaughtExceptionHandler(handler)
        }
        assertEquals(emptyList<Throwable>(), uncaught)
        assertFalse("$lines", lines.any { "panicked" in it })
    }

    @Test
    fun `from Java, too, a draft is looked at, a message taken back and a peer forgotten`(): Unit = runBlocking {
        val host = PlainHost()
        openForTest(host).use { shield ->
            val talk = shield.conversation("a", PeerTrust.Unknown)
            assertEquals(Stage.Meeting, LaChanAsync.checkDraft(talk, agreement).get().stage)
            assertNull(talk.stage.value)
            LaChanAsync.checkMessage(talk, Message.outgoing(agreement, start)).get()
            assertEquals(Stage.Meeting, talk.stage.value)
            LaChanAsync.withdraw(talk).get()
            assertNull(talk.stage.value)
            talk.hearThreats()
            filesOf(host, 1)
            LaChanAsync.forget(talk).get()
            assertNull(talk.stage.value)
            filesOf(host, 0)
        }
    }

    /** Talks that an aunt may have and a stranger may not. */
    private val betweenStrangerAndFamily = listOf(
        listOf("nè", "đừng kể ai nha", "cho chị mượn hình em xíu"),
        listOf("tối nay nhà có ai không", "chút qua đón em nha", "đừng nói mẹ trước"),
        listOf("em ơi", "chị nạp thẻ cho rồi đó", "giữ bí mật giùm chị nha", "gửi chị tấm hình coi"),
        listOf("con ở nhà một mình hả", "ra cổng sau chú đưa cái này", "khỏi kêu bà"),
        listOf("e hc lp m r", "nha e o dau z", "gui a tam hinh ik, a tang e the 100k"),
        listOf("em tắm chưa", "nhà có ai không", "mở cửa sau cho anh"),
        listOf("nhà có ai không em", "anh đang ở gần đó", "xuống mở cổng, đừng nói ai"),
    )

    private companion object {
        /** Far longer than closing takes. */
        const val LONGEST_WAIT_MILLIS = 5_000L

        /** Longer than a state waits before it is written. */
        const val SAVING_MILLIS = 2_500L

        /** Longer than a message is looked at. Where it is not, the tests that wait so long see less, and fail no sooner. */
        const val ANSWER_MILLIS = 500L

        /** Twice the threads of [Dispatchers.IO]. */
        const val MORE_THAN_WRITE = 128

        const val A_YEAR = 365 * 24 * 60
    }
}
