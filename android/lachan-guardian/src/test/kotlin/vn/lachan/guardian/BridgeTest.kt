package vn.lachan.guardian

import android.content.Context
import android.content.pm.ApplicationInfo
import android.content.pm.PackageInfo
import android.content.pm.ProviderInfo
import android.content.pm.Signature
import android.content.pm.SigningInfo
import android.graphics.Bitmap
import android.os.Bundle
import android.os.Process
import java.io.File
import java.nio.ByteBuffer
import java.util.concurrent.CountDownLatch
import java.util.concurrent.TimeUnit
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.delay
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withTimeout
import kotlinx.coroutines.withTimeoutOrNull
import org.junit.After
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertNotEquals
import org.junit.Assert.assertNotNull
import org.junit.Assert.assertNull
import org.junit.Assert.assertThrows
import org.junit.Assert.assertTrue
import org.junit.Before
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.Robolectric
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.Shadows.shadowOf
import org.robolectric.shadow.api.Shadow
import org.robolectric.shadows.ShadowBinder
import vn.lachan.AgeBand
import vn.lachan.Checks
import vn.lachan.Configuration
import vn.lachan.Conversation
import vn.lachan.Direction
import vn.lachan.FindingKind
import vn.lachan.LaChan
import vn.lachan.Message
import vn.lachan.ModelSource
import vn.lachan.NotCheckedReason
import vn.lachan.PeerTrust
import vn.lachan.Policy
import vn.lachan.Protection
import vn.lachan.Publisher
import vn.lachan.Reveal
import vn.lachan.RevealRules
import vn.lachan.Verdict
import vn.lachan.guardian.internal.BridgeFile
import vn.lachan.guardian.internal.Signers
import vn.lachan.guardian.internal.familyOf
import vn.lachan.guardian.internal.isWithdrawn
import vn.lachan.guardian.internal.markOf
import vn.lachan.guardian.internal.policyOf
import vn.lachan.guardian.internal.toBundle
import vn.lachan.guardian.internal.toText
import vn.lachan.internal.AndroidHost

/** Apps on one phone that follow one family, and those that may not. */
@RunWith(RobolectricTestRunner::class)
class BridgeTest {
    private val app: Context = RuntimeEnvironment.getApplication()
    private val ours = "our certificate".toByteArray()
    private val theirs = "a stranger's certificate".toByteArray()
    private val pins = setOf(Signers.digest(ours))

    @Before
    fun aLibrary() = TestLibrary.use()

    @After
    fun ourselvesAgain() {
        ShadowBinder.reset()
    }

    @Test
    fun anAppOfOursFollowsAndAStrangersDoesNot(): Unit = runBlocking {
        val provider = provider(pins)
        install("org.example.game", ours, uid = 20_001)
        install("org.stranger", theirs, uid = 20_002)
        ShadowBinder.setCallingUid(20_001)
        assertNotNull(provider.call(FamilyProvider.COUNT, FindingKind.Nudity.name, null))
        assertNull("a phone that nobody has paired has nothing to say", provider.call(FamilyProvider.STATE, null, null))
        ShadowBinder.setCallingUid(20_002)
        assertThrows(SecurityException::class.java) { provider.call(FamilyProvider.STATE, null, null) }
        assertThrows(SecurityException::class.java) { provider.call(FamilyProvider.COUNT, FindingKind.Nudity.name, null) }
        assertThrows(SecurityException::class.java) { provider.call("anything", null, null) }
        ShadowBinder.setCallingUid(20_003)
        assertThrows("nobody known", SecurityException::class.java) { provider.call(FamilyProvider.STATE, null, null) }
    }

    @Test
    fun anAppThatSharesAUidWithAStrangersIsAStranger() {
        val provider = provider(pins)
        install("org.example.game", ours, uid = 20_004)
        install("org.stranger", theirs, uid = 20_005)
        shadowOf(app.packageManager).setPackagesForUid(20_004, "org.example.game", "org.stranger")
        ShadowBinder.setCallingUid(20_004)
        assertThrows(SecurityException::class.java) { provider.call(FamilyProvider.STATE, null, null) }
    }

    @Test
    fun withoutPinsNobodyIsAdmitted() {
        val provider = provider(emptySet())
        install("org.example.game", ours, uid = 20_001)
        ShadowBinder.setCallingUid(20_001)
        assertThrows(SecurityException::class.java) { provider.call(FamilyProvider.STATE, null, null) }
    }

    @Test
    fun theProviderGivesNoRowsAndTakesNone() {
        val provider = provider(pins)
        val address = FamilyProvider.address(AUTHORITY)
        assertNull(provider.query(address, null, null, null, null))
        assertNull(provider.insert(address, null))
        assertEquals(0, provider.delete(address, null, null))
        assertNull(provider.call("anything", null, null))
    }

    @Test
    fun whateverGoesWrongTheLastPolicyHolds(): Unit = runBlocking {
        val answers = FakeLeader.also { it.answer = { bundle("1 Guided Under13 WithGuardian 10101011") } }
        val bridge = bridge(signedBy = ours)
        val given = Policy(Protection.Guided, AgeBand.Under13, Checks(true, false, true, false, true), RevealRules(Reveal.WithGuardian, false, true), true)
        assertEquals(BridgeState.Connected(given), bridge.refresh())
        for ((answer, problem) in listOf<Pair<() -> Bundle?, BridgeProblem>>(
            { null as Bundle? } to BridgeProblem.Unreadable,
            { Bundle() } to BridgeProblem.Unreadable,
            { bundle("1 Off Under13 Freely 1111111") } to BridgeProblem.Unreadable,
            { bundle("2 Off Under13 Freely 11111111") } to BridgeProblem.Unreadable,
            { throw SecurityException() } to BridgeProblem.Refused,
            { throw IllegalStateException() } to BridgeProblem.Unreadable,
        )) {
            answers.answer = answer
            assertEquals(BridgeState.Held(given, problem), bridge.refresh())
        }
        // Over a restart of the app, with the other app gone.
        assertEquals(BridgeState.Held(given, BridgeProblem.NotAsked), bridge(signedBy = ours).state.value)
        shadowOf(app.packageManager).removeProvider(android.content.ComponentName(LEADER, "Leader"))
        assertEquals(BridgeState.Held(given, BridgeProblem.NotInstalled), bridge.refresh())
        bridge.close()
    }

    /** Android copies what lies elsewhere to the next phone, where nobody has agreed to anything. */
    @Test
    fun whatIsKeptIsInNoBackup(): Unit = runBlocking {
        val authority = "$AUTHORITY.kept"
        FakeLeader.answer = { bundle(Policy.forAge(AgeBand.Under13).toText()) }
        val bridge = bridge(signedBy = ours, authority = authority)
        bridge.refresh()
        bridge.close()
        val kept = app.dataDir.walk().filter { it.isFile && authority in it.readText() }.toList()
        assertEquals(listOf(File(app.noBackupFilesDir, BridgeFile.NAME)), kept)
    }

    @Test
    fun ofADamagedFileNothingIsInForceUntilTheOtherAppAnswers(): Unit = runBlocking {
        val authority = "$AUTHORITY.damaged"
        FakeLeader.answer = { bundle(Policy.forAge(AgeBand.Under13).toText()) }
        val given = bridge(signedBy = ours, authority = authority).use { it.refresh() }
        File(app.noBackupFilesDir, BridgeFile.NAME).writeText("\\u00zz")
        val bridge = bridge(signedBy = ours, authority = authority)
        assertEquals(BridgeState.Never(BridgeProblem.NotAsked), bridge.state.value)
        assertEquals(given, bridge.refresh())
        bridge.close()
    }

    /** Two parts of an app may each hold a bridge. */
    @Test
    fun twoBridgesOfOneAppKnowTheSame(): Unit = runBlocking {
        val authority = "$AUTHORITY.two"
        FakeLeader.answer = { bundle(Policy.forAge(AgeBand.Under13).toText()) }
        val one = bridge(signedBy = ours, authority = authority)
        val other = FamilyBridge.open(app, authority, pins)
        assertTrue(one.refresh() is BridgeState.Connected)
        assertTrue(one.withdraw())
        assertEquals(BridgeState.Never(BridgeProblem.Withdrawn), other.refresh())
        one.close()
        other.close()
    }

    @Test
    fun anImpostorIsNotEvenAsked(): Unit = runBlocking {
        var asked = 0
        FakeLeader.answer = { asked++; bundle("1 Off Adult Freely 11111111") }
        val bridge = bridge(signedBy = theirs, authority = "$AUTHORITY.impostor")
        assertEquals(BridgeState.Never(BridgeProblem.WrongSigner), bridge.refresh())
        assertEquals(false, bridge.count(FindingKind.Nudity))
        assertEquals(0, asked)
        assertEquals(Policy.Off, bridge.state.value.policy)
    }

    @Test
    fun aWithdrawalReachesTheOthersAndWipesWhatTheyRemember(): Unit = runBlocking {
        val talk = talk()
        FakeLeader.answer = { bundle(Policy.forAge(AgeBand.Under13).toText()) }
        val bridge = bridge(signedBy = ours, authority = "$AUTHORITY.withdrawn")
        assertTrue(bridge.refresh() is BridgeState.Connected)
        // Somebody has not agreed yet, or no longer: that is off, and no withdrawal.
        FakeLeader.answer = { FamilyState.Waiting(Party.Child).toBundle() }
        assertEquals(BridgeState.Connected(Policy.Off), bridge.refresh())
        assertTrue(talk.isFile)
        FakeLeader.answer = { FamilyState.Withdrawn(unfinished = true).toBundle() }
        assertEquals(BridgeState.Connected(Policy.Off), bridge.refresh())
        assertFalse(talk.exists())
        FakeLeader.answer = { null }
        assertEquals("nothing is held any more", BridgeState.Never(BridgeProblem.Unreadable), bridge.refresh())
        bridge.close()
    }

    /** Nobody here asked while the family was ended. */
    @Test
    fun anotherFamilyFindsNothingOfTheOneBefore(): Unit = runBlocking {
        val (first, second) = listOf("11", "22").map { markOf(it.repeat(32)) }
        val on = FamilyState.Active(Policy.forAge(AgeBand.Under13), sharesCounts = false, assentIsDue = false)
        val bridge = bridge(signedBy = ours, authority = "$AUTHORITY.another")
        FakeLeader.answer = { on.toBundle() }
        bridge.refresh()
        // A leader of the version before says nothing of it, and one that says it for the first time ends nothing.
        for (mark in listOf(first, first, null, first)) {
            val talk = talk()
            FakeLeader.answer = { on.toBundle(mark) }
            assertEquals(BridgeState.Connected(on.policy), bridge.refresh())
            assertTrue("$mark", talk.exists())
        }
        bridge.close()
        val again = bridge(signedBy = ours, authority = "$AUTHORITY.another")
        shield().use { shield ->
            again.protect(shield)
            val conversation = heard(shield)
            val talk = talk()
            FakeLeader.answer = { on.toBundle(second) }
            assertEquals(BridgeState.Connected(on.policy), again.refresh())
            assertEquals("it goes on under the new family", on.policy, shield.policy)
            assertFalse(talk.exists())
            assertNull(conversation.stage.value)
        }
        val talk = talk()
        again.refresh()
        assertTrue("and begins to remember", talk.exists())
        again.close()
    }

    /** What the family's own app tells of itself, through its provider. */
    @Test
    fun eachFamilyHasAMarkThatSaysNothingElse(): Unit = runBlocking {
        // Its own phone has the time of this machine.
        val family = TestFamily(TestClock(System.currentTimeMillis() / 1000)).meet()
        family.child = ChildPhone.open(app)
        fun told(): Bundle? = provider(pins).call(FamilyProvider.STATE, null, null)
        assertNull(told())
        family.pair()
        val first = familyOf(told())
        assertTrue("$first", first != null && first !in family.phone)
        assertEquals(first, familyOf(told()))
        family.child.withdraw(Party.Child).done()
        assertTrue(isWithdrawn(told()))
        assertNull("there is none", familyOf(told()))
        family.guardian.forget(family.phone).done()
        family.pair()
        assertNotEquals(first, familyOf(told()))
    }

    @Test
    fun anEmptiedLeaderTakesNoShieldDown(): Unit = runBlocking {
        FakeLeader.answer = { bundle(Policy.forAge(AgeBand.Under13).toText()) }
        val bridge = bridge(signedBy = ours, authority = "$AUTHORITY.emptied")
        val given = bridge.refresh().policy
        FakeLeader.answer = { FamilyState.Unpaired.toBundle() }
        assertEquals(BridgeState.Held(given, BridgeProblem.Unreadable), bridge.refresh())
        bridge.close()
    }

    /** What a picture gets. */
    private suspend fun LaChan.says(): Any {
        val verdict = checkImage(Bitmap.createBitmap(64, 64, Bitmap.Config.ARGB_8888), Direction.Incoming)
        return if (verdict is Verdict.NotChecked) verdict.reason else verdict
    }

    @Test
    fun aFaultOfTheOtherAppsIsNoFamilyThatSwitchedOff(): Unit = runBlocking {
        val never = BridgeState.Never(BridgeProblem.Unreadable)
        val outOfReach = { FamilyState.Unavailable("its key store does not answer").toBundle() }
        FakeLeader.answer = { null }
        val bridge = bridge(signedBy = ours, authority = "$AUTHORITY.faulty")
        shield().use { shield ->
            bridge.protect(shield)
            assertEquals("nobody has paired there", listOf(never, NotCheckedReason.PolicyOff), listOf(bridge.state.value, shield.says()))
            for (fault in listOf(outOfReach, { throw IllegalStateException("a fault") }, { bundle("a newer form") })) {
                FakeLeader.answer = fault
                assertEquals(listOf(never, NotCheckedReason.FamilyUnavailable), listOf(bridge.refresh(), shield.says()))
            }
            val on = Policy.forAge(AgeBand.Under13)
            FakeLeader.answer = { bundle(on.toText()) }
            assertEquals(listOf(BridgeState.Connected(on), Verdict.Clear), listOf(bridge.refresh(), shield.says()))
            FakeLeader.answer = outOfReach
            assertEquals("the last policy holds", listOf(BridgeState.Held(on, BridgeProblem.Unreadable), Verdict.Clear), listOf(bridge.refresh(), shield.says()))
            bridge.withdraw()
            assertEquals(NotCheckedReason.PolicyOff, shield.says())
            bridge.refresh()
            assertEquals(NotCheckedReason.PolicyOff, shield.says())
        }
        bridge.close()
    }

    @Test
    fun whatWasKeptHereAndIsDamagedIsNoFamilyThatSwitchedOff(): Unit = runBlocking {
        File(app.noBackupFilesDir, BridgeFile.NAME).writeText("$AUTHORITY.damaged=\\u00zz")
        FakeLeader.answer = { null }
        val bridge = bridge(signedBy = ours, authority = "$AUTHORITY.damaged")
        shield().use { shield ->
            bridge.protect(shield)
            assertEquals(NotCheckedReason.FamilyUnavailable, shield.says())
            val on = Policy.forAge(AgeBand.Under13)
            FakeLeader.answer = { bundle(on.toText()) }
            assertEquals(listOf(BridgeState.Connected(on), Verdict.Clear), listOf(bridge.refresh(), shield.says()))
        }
        bridge.close()
    }

    /** Through the provider of the family's own app. */
    @Test
    fun aFamilyThatCannotBeReadSaysSoAndGivesNoPolicy() {
        val file = File(AndroidHost(app).privateFiles, "family/family")
        assertTrue(file.parentFile!!.mkdirs())
        file.writeText("damaged")
        val told = provider(pins).call(FamilyProvider.STATE, null, null)
        assertNotNull(told)
        assertNull(policyOf(told))
        assertFalse(isWithdrawn(told))
    }

    @Test
    fun itCanBeEndedHereWithTheOtherAppGone(): Unit = runBlocking {
        val authority = "$AUTHORITY.ended"
        val talk = talk()
        FakeLeader.answer = { bundle(Policy.forAge(AgeBand.Under13).toText()) }
        val bridge = bridge(signedBy = ours, authority = authority)
        val given = bridge.refresh()
        shadowOf(app.packageManager).removeProvider(android.content.ComponentName(LEADER, "Leader"))
        assertTrue(bridge.refresh() is BridgeState.Held)
        assertTrue(bridge.withdraw())
        val ended = BridgeState.Never(BridgeProblem.Withdrawn)
        assertEquals(listOf(ended, ended), listOf(bridge.state.value, bridge.refresh()))
        assertFalse(talk.exists())
        bridge.close()
        // Over a restart, and with the other app back: nobody follows again without being told to.
        val again = bridge(signedBy = ours, authority = authority)
        assertEquals(listOf(ended, ended), listOf(again.state.value, again.refresh()))
        assertFalse(again.count(FindingKind.Nudity))
        assertEquals(given, again.follow())
        again.close()
    }

    /** The phone is switched off in the middle, or the disk refuses. */
    @Test
    fun aWipeThatDidNotEndGoesOnAfterARestart(): Unit = runBlocking {
        val authority = "$AUTHORITY.unfinished"
        val ends = listOf<suspend (FamilyBridge) -> Unit>(
            { assertFalse(it.withdraw()) },
            {
                FakeLeader.answer = { FamilyState.Withdrawn(unfinished = false).toBundle() }
                it.refresh()
                // The other app is gone before this one asks again.
                FakeLeader.answer = { null }
            },
        )
        for (end in ends) {
            FakeLeader.answer = { bundle(Policy.forAge(AgeBand.Under13).toText()) }
            val bridge = bridge(signedBy = ours, authority = authority)
            bridge.follow()
            // No folder is removed that holds something.
            val talks = AndroidHost(app).talks
            val obstacles = listOf(File(talks, "obstacle"), File(talks.parentFile, "known.learnt"))
            for (obstacle in obstacles) assertTrue(File(obstacle, "something").mkdirs())
            end(bridge)
            bridge.close()
            for (obstacle in obstacles) assertTrue(obstacle.isDirectory && File(obstacle, "something").delete())
            val again = bridge(signedBy = ours, authority = authority)
            again.refresh()
            assertEquals(Policy.Off, again.state.value.policy)
            for (obstacle in obstacles) assertFalse("$obstacle", obstacle.exists())
            // It has ended now.
            val talk = talk()
            again.refresh()
            assertTrue(talk.exists())
            again.close()
        }
    }

    /** The other app may take as long as it likes. */
    @Test
    fun endingItWaitsForNoOtherApp(): Unit = runBlocking {
        val (asked, answers) = List(2) { CountDownLatch(1) }
        val on = { bundle(Policy.forAge(AgeBand.Under13).toText()) }
        FakeLeader.answer = on
        val bridge = bridge(signedBy = ours, authority = "$AUTHORITY.slow")
        shield().use { shield ->
            bridge.protect(shield)
            assertEquals(Policy.forAge(AgeBand.Under13), shield.policy)
            val conversation = heard(shield)
            val learnt = learnt()
            FakeLeader.answer = {
                asked.countDown()
                answers.await()
                on()
            }
            val asking = async(Dispatchers.IO) { bridge.refresh() }
            try {
                asked.await()
                val ending = async(Dispatchers.IO) { bridge.withdraw() }
                val done = withTimeoutOrNull(20_000) { ending.await() }
                assertEquals("it is done before the other app has answered", true, done)
                assertEquals(Policy.Off, shield.policy)
                assertFalse(learnt.exists())
                assertNull(conversation.stage.value)
            } finally {
                answers.countDown()
            }
            val ended = BridgeState.Never(BridgeProblem.Withdrawn)
            assertEquals("the answer counts for nothing", listOf(ended, ended), listOf(asking.await(), bridge.state.value))
            assertEquals(Policy.Off, shield.policy)
        }
        bridge.close()
    }

    /** The other app may have to be started first, and nothing comes to a child unchecked meanwhile. */
    @Test
    fun theLastPolicyIsInForceBeforeTheOtherAppHasAnswered(): Unit = runBlocking {
        val authority = "$AUTHORITY.starting"
        val on = Policy.forAge(AgeBand.Under13)
        FakeLeader.answer = { bundle(on.toText()) }
        bridge(signedBy = ours, authority = authority).use { it.refresh() }
        val (asked, answers) = List(2) { CountDownLatch(1) }
        FakeLeader.answer = {
            asked.countDown()
            answers.await()
            bundle(on.toText())
        }
        val bridge = bridge(signedBy = ours, authority = authority)
        shield().use { shield ->
            val protecting = async(Dispatchers.IO) { bridge.protect(shield) }
            try {
                assertTrue(asked.await(1, TimeUnit.MINUTES))
                assertEquals(listOf(on, Verdict.Clear), listOf(shield.policy, shield.says()))
            } finally {
                answers.countDown()
            }
            protecting.await()
            assertEquals(BridgeState.Connected(on), bridge.refresh())
        }
        bridge.close()
    }

    /** That a family ended is known, and is no fault of the app that told it. */
    @Test
    fun whatComesAfterAWithdrawalThatWasHeardIsOff(): Unit = runBlocking {
        FakeLeader.answer = { FamilyState.Withdrawn(unfinished = false).toBundle() }
        val bridge = bridge(signedBy = ours, authority = "$AUTHORITY.over")
        assertEquals(BridgeState.Connected(Policy.Off), bridge.refresh())
        val (asked, answers) = List(2) { CountDownLatch(1) }
        FakeLeader.answer = {
            asked.countDown()
            answers.await()
            FamilyState.Withdrawn(unfinished = false).toBundle()
        }
        shield().use { shield ->
            val protecting = async(Dispatchers.IO) { bridge.protect(shield) }
            try {
                assertTrue(asked.await(1, TimeUnit.MINUTES))
                assertEquals(NotCheckedReason.PolicyOff, shield.says())
            } finally {
                answers.countDown()
            }
            protecting.await()
            assertEquals(NotCheckedReason.PolicyOff, shield.says())
        }
        bridge.close()
    }

    @Test
    fun anAppThatHangsIsNotWaitedForAndItsAnswerCountsWhenItComes(): Unit = runBlocking {
        val on = Policy.forAge(AgeBand.Under13)
        val answers = CountDownLatch(1)
        val patience = FamilyBridge.patienceMillis
        FakeLeader.answer = {
            answers.await()
            bundle(on.toText())
        }
        val bridge = bridge(signedBy = ours, authority = "$AUTHORITY.hangs")
        shield().use { shield ->
            try {
                FamilyBridge.patienceMillis = 100
                val calls = async(Dispatchers.IO) {
                    bridge.protect(shield)
                    bridge.count(FindingKind.Nudity) to bridge.refresh()
                }
                val none = BridgeState.Never(BridgeProblem.Unreadable)
                assertEquals("nobody waits without end", false to none, withTimeoutOrNull(20_000) { calls.await() })
                assertEquals("nobody knows what the family decided", NotCheckedReason.FamilyUnavailable, shield.says())
            } finally {
                FamilyBridge.patienceMillis = patience
                answers.countDown()
            }
            withTimeout(20_000) { while (shield.says() != Verdict.Clear) delay(5) }
            assertEquals(listOf(on, BridgeState.Connected(on)), listOf(shield.policy, bridge.refresh()))
        }
        bridge.close()
    }

    /** The list of known images and a talk, under a shield that goes on living. */
    @Test
    fun whatAShieldRememberedDoesNotComeBack(): Unit = runBlocking {
        val on = { bundle(Policy.forAge(AgeBand.Under13).toText()) }
        val ends = listOf<suspend (FamilyBridge) -> Unit>(
            { assertTrue(it.withdraw()) },
            {
                FakeLeader.answer = { FamilyState.Withdrawn(unfinished = false).toBundle() }
                it.refresh()
            },
        )
        FakeLeader.answer = on
        val bridge = bridge(signedBy = ours, authority = "$AUTHORITY.remembered")
        shield { knownListRoot = Publisher.first.root }.use { shield ->
            bridge.protect(shield)
            shield.installKnownList(Publisher.first.folder)
            val learnt = learnt()
            suspend fun meet(bytes: ByteArray) {
                val direct = ByteBuffer.allocateDirect(bytes.size)
                direct.put(bytes).flip()
                assertTrue(shield.checkImage(direct, Direction.Incoming) is Verdict.Concern)
            }
            meet(Publisher.LISTED_BYTES)
            val ofNoPicture = learnt.readText()
            for (end in ends) {
                FakeLeader.answer = on
                bridge.follow()
                meet(Publisher.listed.readBytes())
                assertNotEquals(ofNoPicture, learnt.readText())
                val conversation = heard(shield)
                end(bridge)
                assertFalse(learnt.exists())
                assertNull(conversation.stage.value)
                FakeLeader.answer = on
                bridge.follow()
                meet(Publisher.LISTED_BYTES)
                assertEquals(ofNoPicture, learnt.readText())
            }
        }
        bridge.close()
    }

    private suspend fun shield(configure: Configuration.() -> Unit = {}): LaChan = LaChan.open(app) {
        models = ModelSource.Folder(File(System.getProperty("lachan.models")!!))
        configure()
    }

    /** A conversation in which something was heard. */
    private suspend fun heard(shield: LaChan): Conversation = shield.conversation("anh Tuấn", PeerTrust.Unknown).also {
        it.check(Message.incoming("đừng kể với ba mẹ nha, bí mật của 2 đứa mình thôi"))
        assertNotNull(it.stage.value)
    }

    /** What the list of known images has learnt. */
    private fun learnt(): File = File(AndroidHost(app).privateFiles.apply { mkdirs() }, "known.learnt").apply { if (!exists()) writeText("hashes") }

    /** What an app remembers of a conversation. */
    private fun talk(): File = File(AndroidHost(app).talks.apply { mkdirs() }, "abc").apply { writeBytes(ByteArray(3)) }

    @Test
    fun whatIsWrittenIsReadAndNothingElse() {
        for (policy in listOf(Policy.Off, Policy.forAge(AgeBand.From16To17), Policy(Protection.Guided, AgeBand.Under13, Checks(gore = true), RevealRules(Reveal.Never, pin = false), lessons = false))) {
            assertEquals(policy, policyOf(policy.toText()))
        }
        val text = Policy.Off.toText()
        for (at in text.indices) assertTrue(policyOf(text.removeRange(at, at + 1)) == null)
    }

    private fun policyOf(bundle: Bundle?): Policy? = vn.lachan.guardian.internal.policyOf(bundle)

    private fun bundle(text: String) = Bundle().apply { putString("policy", text) }

    private fun provider(pins: Set<String>): FamilyProvider {
        val info = ProviderInfo().apply {
            authority = AUTHORITY
            packageName = app.packageName
            name = FamilyProvider::class.java.name
        }
        val controller = Robolectric.buildContentProvider(FamilyProvider::class.java).create(info)
        return controller.get().also { it.signers = pins }
    }

    private fun install(name: String, certificate: ByteArray, uid: Int) {
        val signing = Shadow.newInstanceOf(SigningInfo::class.java)
        shadowOf(signing).setSignatures(arrayOf(Signature(certificate)))
        val info = PackageInfo().apply {
            packageName = name
            signingInfo = signing
            applicationInfo = ApplicationInfo().apply {
                packageName = name
                this.uid = uid
            }
        }
        shadowOf(app.packageManager).installPackage(info)
        shadowOf(app.packageManager).setPackagesForUid(uid, name)
        assertTrue(uid != Process.myUid())
    }

    /** A bridge in an app that has just been started: what it knows, it has read. */
    private fun bridge(signedBy: ByteArray, authority: String = AUTHORITY): FamilyBridge {
        BridgeFile.open.clear()
        install(LEADER, signedBy, uid = 20_010)
        val info = ProviderInfo().apply {
            this.authority = authority
            packageName = LEADER
            name = "Leader"
            applicationInfo = ApplicationInfo().apply { packageName = LEADER }
        }
        shadowOf(app.packageManager).addOrUpdateProvider(info)
        Robolectric.buildContentProvider(FakeLeader.Provider::class.java).create(info)
        return FamilyBridge.open(app, authority, pins)
    }

    /** What the other app answers. */
    private object FakeLeader {
        var answer: () -> Bundle? = { null }

        class Provider : android.content.ContentProvider() {
            override fun onCreate() = true

            override fun call(method: String, argument: String?, extras: Bundle?): Bundle? = answer()

            override fun query(uri: android.net.Uri, columns: Array<String>?, where: String?, values: Array<String>?, order: String?) = null

            override fun getType(uri: android.net.Uri) = null

            override fun insert(uri: android.net.Uri, values: android.content.ContentValues?) = null

            override fun delete(uri: android.net.Uri, where: String?, values: Array<String>?) = 0

            override fun update(uri: android.net.Uri, values: android.content.ContentValues?, where: String?, arguments: Array<String>?) = 0
        }
    }

    private companion object {
        const val AUTHORITY = "org.example.chat.family"
        const val LEADER = "org.example.chat"
    }
}
