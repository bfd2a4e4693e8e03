package vn.lachan.sample.chat

import android.content.Intent
import android.view.View
import android.widget.EditText
import android.widget.Switch
import android.widget.TextView
import java.io.File
import kotlinx.coroutines.runBlocking
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertNotNull
import org.junit.Assert.assertNull
import org.junit.Assert.assertTrue
import org.junit.Before
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.Shadows.shadowOf
import vn.lachan.AgeBand
import vn.lachan.Direction
import vn.lachan.FindingKind
import vn.lachan.Message
import vn.lachan.ModelState
import vn.lachan.NotCheckedReason
import vn.lachan.PeerTrust
import vn.lachan.Policy
import vn.lachan.Protection
import vn.lachan.Reveal
import vn.lachan.RevealRules
import vn.lachan.Verdict
import vn.lachan.guardian.ChildPhone
import vn.lachan.guardian.CountRange
import vn.lachan.guardian.EvidencePack
import vn.lachan.guardian.FamilyState
import vn.lachan.guardian.Packet
import vn.lachan.guardian.Party
import vn.lachan.guardian.QrCode
import vn.lachan.guardian.QuietRules
import vn.lachan.guardian.Rules
import vn.lachan.guardian.TestFamily
import vn.lachan.guardian.done
import vn.lachan.screens.SmallPng
import vn.lachan.screens.settle
import vn.lachan.screens.tree
import vn.lachan.testing.FakeConversation
import vn.lachan.testing.FakeLaChan
import vn.lachan.ui.ShieldedImageView
import vn.lachan.ui.TrustedAdult
import vn.lachan.ui.TrustedAdults
import vn.lachan.guardian.R as Family
import vn.lachan.ui.R as Ui

/** The messenger follows a family, over the real core: what the companion signs and the child agrees to is what happens here. */
@RunWith(RobolectricTestRunner::class)
class FollowerTest {
    private val off = Verdict.NotChecked(NotCheckedReason.PolicyOff)
    private val folder = File(System.getProperty("lachan.story")!!)
    private var number = 0
    private lateinit var family: TestFamily

    @Before
    fun prepare() {
        RuntimeEnvironment.setQualifiers("vi-rVN-w360dp-h720dp-notnight-xhdpi")
        App.forgetAll()
        App.useTheRealCore()
    }

    private fun App.shot(name: String) {
        number += 1
        settle()
        folder.mkdirs()
        SmallPng.write(draw(), File(folder, "messenger-%02d-%s.png".format(number, name)))
    }

    private fun App.shows(id: Int) = (dialog()?.window?.decorView ?: root).findViewById<View>(id)?.isShown == true

    private fun App.until(id: Int) = until("it is shown") { shows(id) }

    private fun App.code(): Packet {
        settle()
        return QrCode.read(draw()) ?: throw AssertionError("no code can be read from this screen")
    }

    private fun App.enter(id: Int, words: String) = (dialog()?.window?.decorView ?: root).findViewById<EditText>(id)!!.setText(words)

    private fun App.message(): String = (dialog()?.window?.decorView ?: root).findViewById<TextView>(R.id.message)?.text?.toString().orEmpty()

    /** What one phone shows as a code, the other reads from its picture. */
    private fun photographed(packet: Packet): Packet = QrCode.read(QrCode.draw(packet, 900))!!

    /** Lets the script speak until the child's turn, leaving warnings by their safe button. */
    private fun App.hear(peer: String): Chat = open(peer).also {
        untilItIsTheChildsTurn()
        while (dialog() != null) {
            press(Ui.id.lachan_stay)
            untilItIsTheChildsTurn()
        }
    }

    /** Answers as the script suggests until a warning comes or the script ends. */
    private fun App.talkUntilWarned(peer: String): Chat = open(peer).also { chat ->
        untilItIsTheChildsTurn()
        while (dialog() == null && chat.next is Step.Reply) {
            val sent = chat.items.size
            press(R.id.suggestion)
            press(R.id.send)
            until("it is sent or a warning came") { chat.items.size > sent || dialog() != null }
            if (dialog() == null) untilItIsTheChildsTurn()
        }
    }

    /** A talk with somebody who poses as police, up to the first warning, which is left by its safe button. */
    private fun App.hearThePoliceman() {
        talkUntilWarned("congan")
        press(Ui.id.lachan_stay)
        untilItIsTheChildsTurn()
        while (dialog() != null) {
            press(Ui.id.lachan_stay)
            untilItIsTheChildsTurn()
        }
    }

    private fun App.picture(peer: String) = chat(peer).items.filterIsInstance<Item.Picture>().single()

    @Test
    fun theWholeStory() {
        folder.listFiles().orEmpty().filter { it.name.startsWith("messenger-") }.forEach { it.delete() }
        family = runBlocking { TestFamily().meet() }
        App.follow(family)
        App().use { app ->
            nothingBeforeAnybodyAgreed(app)
            thePhonesMeetAndTheParentConsents(app)
            theChildSaysNoAndThenYes(app)
            thePinOpensOnePicture(app)
            theCompanionOpensOnePicture(app)
            newSettingsAreTaken(app)
            theChildSeesWhatIsShared(app)
            aSchoolOnTop(app)
            theBirthday(app)
            theEnd(app)
        }
        println("The messenger's pictures are in $folder")
        assertEquals(13, number)
    }

    private fun nothingBeforeAnybodyAgreed(app: App) {
        app.shot("welcome")
        app.press(R.id.third)
        app.hear("keo")
        assertEquals(off, app.picture("keo").verdict)
        assertFalse("nobody has switched anything on: it is shown as ever", app.says("Chưa kiểm tra được hình này"))
        app.hear("congan")
        assertNull(app.chat("congan").items.filterIsInstance<Item.Words>().first().check)
        assertEquals("nothing was even loaded", ModelState.NotLoaded, app.messenger.shield!!.models.value)
        app.activity.restart(Contacts)
        assertTrue(app.says("Bảo vệ đang tắt"))
        app.shot("off")
    }

    private fun thePhonesMeetAndTheParentConsents(app: App) {
        App.see { photographed(family.guardian.offer().done()) }
        app.press(R.id.connect)
        app.shot("connect")
        app.press(Family.id.lachan_family_main)
        app.until(Family.id.lachan_family_code)
        app.shot("answer")
        val met = runBlocking { family.guardian.accept(app.code()) }.done()
        app.press(Family.id.lachan_family_main)
        app.until(Family.id.lachan_family_digits)
        val digits = app.root.findViewById<TextView>(Family.id.lachan_family_digits)!!.text.filter(Char::isDigit).toString()
        assertEquals(met.digits, digits)
        app.press(Family.id.lachan_family_main)
        app.until(Family.id.lachan_family_counts)
        assertEquals(FamilyState.Waiting(Party.Guardian), app.messenger.state)
        app.press(Family.id.lachan_family_main)
        app.until(Family.id.lachan_family_pin)
        app.enter(Family.id.lachan_family_day, "1")
        app.enter(Family.id.lachan_family_month, "3")
        app.enter(Family.id.lachan_family_year, "2013")
        app.enter(Family.id.lachan_family_pin, TestFamily.PIN)
        app.enter(Family.id.lachan_family_pin_again, TestFamily.PIN)
        app.press(Family.id.lachan_family_main)
        app.until("the policy is asked for") { !app.shows(Family.id.lachan_family_pin) }
        App.see { photographed(family.guardian.signPolicy(family.phone, Rules(shareCounts = true)).done()) }
        app.press(Family.id.lachan_family_main)
        app.until("it is the child's turn") { app.says("Giờ đến lượt con") }
        assertEquals(FamilyState.Waiting(Party.Child), app.messenger.state)
        assertEquals("the parent alone switches nothing on", off, runBlocking { app.messenger.look(app.activity, PictureKind.Nudity, Direction.Incoming) })
        app.press(Family.id.lachan_family_main)
    }

    private fun theChildSaysNoAndThenYes(app: App) {
        app.until("the child is asked") { app.says("Con có đồng ý không?") }
        app.shot("assent")
        app.press(Family.id.lachan_family_second)
        app.press(Family.id.lachan_family_main)
        assertTrue("a no is an answer", app.says("Bảo vệ đang tắt"))
        assertEquals(Policy.Off, app.messenger.policy)
        app.press(R.id.connect)
        app.root.findViewById<Switch>(Family.id.lachan_family_counts)!!.performClick()
        app.press(Family.id.lachan_family_main)
        app.until("it is on") { app.messenger.isProtected && app.says("Cảm ơn con") }
        app.press(Family.id.lachan_family_main)
        assertFalse(app.says("Bảo vệ đang tắt"))
        assertEquals(AgeBand.Under13, app.messenger.age)
        app.shot("on")
    }

    private fun again(app: App, peer: String) {
        app.activity.act { app.messenger.restart(app.chat(peer)) }
        app.until("it begins anew") { app.chat(peer).items.isEmpty() }
    }

    private fun shield(app: App): ShieldedImageView = app.root.tree().filterIsInstance<ShieldedImageView>().single { it.isShown }

    private fun lookBehind(app: App) {
        again(app, "keo")
        app.hear("keo")
        val concern = app.picture("keo").verdict as Verdict.Concern
        assertEquals(Reveal.WithGuardian, concern.advice.reveal)
        val view = shield(app)
        val button = listOf(Ui.id.lachan_shield_look).firstNotNullOf { view.findViewById<View>(it) }
        button.performClick()
        app.until("the warning or the gate") { app.dialog() != null }
        if (!app.shows(Family.id.lachan_family_third)) app.press(Ui.id.lachan_go_on)
        app.until(Family.id.lachan_family_third)
    }

    private fun thePinOpensOnePicture(app: App) {
        lookBehind(app)
        app.shot("gate")
        app.enter(Family.id.lachan_family_pin, "111222")
        app.press(Family.id.lachan_family_main)
        app.until("it was wrong") { app.says("Chưa đúng. Thử lại nhé.") }
        assertFalse(shield(app).isRevealed)
        app.enter(Family.id.lachan_family_pin, TestFamily.PIN)
        app.press(Family.id.lachan_family_main)
        app.until("the PIN opened it") { shield(app).isRevealed }
    }

    private fun theCompanionOpensOnePicture(app: App) {
        lookBehind(app)
        app.press(Family.id.lachan_family_second)
        app.until(Family.id.lachan_family_code)
        app.shot("request")
        val approval = runBlocking { family.guardian.approve(app.code()) }.done()
        App.see { photographed(approval) }
        app.press(Family.id.lachan_family_main)
        app.until("the companion opened it") { shield(app).isRevealed }
    }

    private fun scanned(app: App, rules: Rules) {
        App.see { photographed(family.guardian.signPolicy(family.phone, rules).done()) }
        app.activity.restart(SettingsPage)
        app.press(R.id.second)
        app.until("they were taken") { app.message() == "Đã nhận cài đặt mới." }
    }

    private fun newSettingsAreTaken(app: App) {
        val aunt = runBlocking { family.guardian.peerHandle(family.phone, Messenger.NAME, "rong") }.done()
        scanned(app, Rules(quiet = QuietRules(setOf(aunt)), lessons = false, shareCounts = true))
        app.shot("settings")
        assertTrue("whom the parent trusts is trusted here", app.messenger.isTrusted(app.chat("rong").peer))
        assertFalse(app.messenger.isTrusted(app.chat("tuan").peer))
        again(app, "congan")
        app.hearThePoliceman()
        assertTrue("no lesson where the companion left them out", app.chat("congan").items.none { it is Item.Invite })
        scanned(app, Rules(shareCounts = true, reveal = RevealRules(Reveal.WithGuardian, pin = false)))
        assertFalse("the list went with the policy", app.messenger.isTrusted(app.chat("rong").peer))
        again(app, "congan")
        app.hearThePoliceman()
        assertTrue("and lessons are back", app.chat("congan").items.any { it is Item.Invite })
        // An old code shown again changes nothing.
        App.see { null }
        app.activity.restart(SettingsPage)
        app.press(R.id.second)
        app.until("it is said") { app.message().startsWith("Đây không phải mã của Lá Chắn") }
    }

    private fun theChildSeesWhatIsShared(app: App) {
        family.clock.passDays(8)
        app.press(R.id.shared)
        app.until(Family.id.lachan_family_second)
        assertTrue(app.says("1–4 lần"))
        app.shot("shared")
        val seen = runBlocking { app.phone.weeksToShare() }.done()
        app.press(Family.id.lachan_family_second)
        app.until(Family.id.lachan_family_code)
        assertEquals(seen, runBlocking { family.guardian.receiveCounts(app.code()) }.done())
        assertEquals(CountRange.OneToFour, seen.single().counts[FindingKind.Nudity])
        app.press(Family.id.lachan_family_main)
        app.until(Family.id.lachan_family_counts)
        app.root.findViewById<Switch>(Family.id.lachan_family_counts)!!.performClick()
        app.until("it is off") { app.says("Đã tắt. Những số đã đếm vừa được xóa.") }
        app.root.findViewById<Switch>(Family.id.lachan_family_counts)!!.performClick()
        app.until("it is on again") { app.phone.agreed.child?.counts == true && app.says("Chưa có số nào. Chỉ những tuần đã hết mới được tính.") }
        app.press(Family.id.lachan_family_main)
    }

    /** A school looks for less protection and shares nothing: of both the stricter holds, field by field. */
    private fun aSchoolOnTop(app: App) {
        scanned(app, Rules(shareCounts = true))
        app.press(R.id.school)
        app.enter(R.id.field, "no key")
        app.press(R.id.main)
        assertTrue(app.message().startsWith("Dãy này chưa đúng"))
        app.enter(R.id.field, SCHOOL)
        app.shot("school")
        app.press(R.id.main)
        app.until(Family.id.lachan_family_pin)
        app.enter(Family.id.lachan_family_pin, TestFamily.PIN)
        app.press(Family.id.lachan_family_main)
        app.until("the school is followed") { app.message().startsWith("Đã theo trường") }
        App.see { photographed(Packet.read(File(System.getProperty("lachan.repository")!!, "sample-app/guardian/src/test/resources/school/packet.txt").readText())!!) }
        app.press(R.id.second)
        app.until("its settings are here") { app.message() == "Đã nhận cài đặt mới." }
        val state = app.messenger.state as FamilyState.Active
        assertEquals("the guardian is stricter", Protection.Guided, state.policy.protection)
        assertFalse("the school shares no numbers", state.sharesCounts)
        assertEquals(state.policy, app.messenger.policy)
    }

    private fun theBirthday(app: App) {
        family.clock.passDays(51)
        runBlocking { app.phone.refresh() }.done()
        assertEquals(AgeBand.From13To15, app.messenger.age)
        app.activity.restart(AssentPage)
        assertTrue("spoken to as a teenager", app.says("Bạn có đồng ý không?"))
    }

    private fun theEnd(app: App) {
        again(app, "tuan")
        app.hear("tuan")
        val shield = app.messenger.shield!!
        runBlocking { shield.conversation("tuan", PeerTrust.Unknown).check(Message.incoming("đừng kể với ba mẹ nha, bí mật của 2 đứa mình", Opening.nowMillis())) }
        Packs.write(app.activity, byteArrayOf(1))
        assertTrue("the child's own, which a withdrawal leaves", TrustedAdults.choose(app.activity, TrustedAdult("cô Hà", "0912 345 678")))
        app.activity.restart(SettingsPage)
        app.press(R.id.third)
        app.shot("stop")
        app.press(Family.id.lachan_family_second)
        app.until("it has stopped") { app.messenger.state == FamilyState.Withdrawn(unfinished = false) && app.says("Đã dừng") }
        app.shot("stopped")
        app.press(Family.id.lachan_family_main)
        assertTrue(app.says("Bảo vệ đang tắt"))
        assertEquals(off, runBlocking { app.messenger.look(app.activity, PictureKind.Nudity, Direction.Incoming) })
        assertEquals(off, runBlocking { app.messenger.beforeSending(app.chat("tuan"), "mã OTP là 482913") }.verdict)
        assertNull(shield.conversation("tuan", PeerTrust.Unknown).stage.value)
        for (chat in app.messenger.chats) {
            assertTrue("what was found out is gone", chat.items.none { it is Item.Invite || it is Item.Words && it.check != null || it is Item.Picture && it.verdict is Verdict.Concern })
        }
        nothingIsLeft(app)
    }

    private fun nothingIsLeft(app: App) {
        Thread.sleep(SAVING_MILLIS)
        val name = "lachan/${family.childFolder.folder.name}"
        val record = setOf("$name/family", "$name-key/seal.key")
        assertEquals("the record of consent, the new key it lies under, and whom the child turns to", record + "vn.lachan.ui.trusted", family.left())
        val data = RuntimeEnvironment.getApplication().dataDir
        val files = data.walk().filter { it.isFile && it.extension != "so" }.toList()
        assertEquals("no pack", emptyList<File>(), files.filter { it.path.contains("packs") })
        for (file in files) {
            val text = file.readBytes().toString(Charsets.UTF_8)
            for (secret in listOf("tuan", "anh Tuấn", "bí mật", "2013", "204817")) assertFalse("$secret in $file", secret in text)
        }
    }

    /** The phone's key store did not answer when the app began, and does now. */
    @Test
    fun aFamilyThatCannotBeReadIsNotKeptForGood() {
        family = runBlocking { TestFamily().agree() }
        val file = File(family.childFolder.folder, "family")
        val sound = file.readBytes()
        file.writeBytes(sound.copyOf().also { it[100] = (it[100] + 1).toByte() })
        runBlocking { family.restart() }
        Opening.family = { ChildPhone.open(family.childFolder) }
        Settings(RuntimeEnvironment.getApplication()).asked = true
        App().use { app ->
            val shield = app.messenger.shield
            app.hear("keo")
            assertEquals(Verdict.NotChecked(NotCheckedReason.FamilyUnavailable), app.picture("keo").verdict)
            assertTrue("not shown as safe", app.says("Chưa kiểm tra được hình này"))
            file.writeBytes(sound)
            runBlocking { app.messenger.open() }
            assertTrue("${app.messenger.state}", app.messenger.isProtected)
            assertEquals("with the shield that it had", shield, app.messenger.shield)
            again(app, "keo")
            app.hear("keo")
            assertTrue(app.picture("keo").verdict is Verdict.Concern)
        }
    }

    @Test
    fun aLinkBringsSettingsAndAnOldOneChangesNothing() {
        family = runBlocking { TestFamily().agree() }
        App.follow(family)
        Settings(RuntimeEnvironment.getApplication()).asked = true
        val off = runBlocking { family.guardian.signPolicy(family.phone, Rules(Protection.Off)).done() }
        val guided = runBlocking { family.guardian.signPolicy(family.phone, Rules()).done() }
        App(guided.toLink()).use { app -> app.until("it was taken") { app.message() == "Đã nhận cài đặt mới." } }
        App(off.toLink()).use { app ->
            app.until("it is refused") { app.message() == "Cài đặt này cũ hơn cài đặt đang dùng." }
            assertTrue(app.messenger.isProtected)
        }
    }

    @Test
    fun whomTheFamilyTrustsReachesTheConversation() {
        family = runBlocking { TestFamily().agree() }
        App.follow(family)
        lateinit var shield: FakeLaChan
        Opening.shield = { FakeLaChan(Policy.Off).also { shield = it } }
        Settings(RuntimeEnvironment.getApplication()).asked = true
        App().use { app ->
            fun trust(peer: String): PeerTrust {
                app.activity.act { app.messenger.beforeSending(app.chat(peer), "chào") }
                app.until("it was looked at") { shield.conversation(peer, PeerTrust.Unknown).messages.isNotEmpty() }
                runBlocking { app.messenger.beforeSending(app.chat(peer), "chào nha") }
                return (app.messenger.run { shield!!.conversation(peer, family!!.trust(Messenger.NAME, peer, app.chat(peer).peer.trust)) } as FakeConversation).trust
            }
            assertEquals(PeerTrust.Unknown, trust("tuan"))
            val handle = runBlocking { family.guardian.peerHandle(family.phone, Messenger.NAME, "tuan") }.done()
            runBlocking { family.child.receivePolicy(family.guardian.signPolicy(family.phone, Rules(quiet = QuietRules(setOf(handle)))).done()) }.done()
            runBlocking { app.messenger.beforeSending(app.chat("tuan"), "chào nha") }
            val talk = app.messenger.shield!!.conversation("tuan", family.child.trust(Messenger.NAME, "tuan", PeerTrust.Unknown)) as FakeConversation
            assertEquals("in the talk that is open already", PeerTrust.Saved, talk.trust)
            // The child's own list, as far as the policy lets it have one.
            app.activity.show(SettingsPage)
            app.root.tree().filterIsInstance<Switch>().first { it.text == "An An" }.performClick()
            app.until("it is trusted") { app.messenger.isTrusted(app.chat("an").peer) }
            runBlocking { family.child.receivePolicy(family.guardian.signPolicy(family.phone, Rules(quiet = QuietRules(setOf(handle), childMayAdd = false))).done()) }.done()
            app.activity.show(SettingsPage)
            app.root.tree().filterIsInstance<Switch>().first { it.text == "Bin" }.performClick()
            app.until("it is said whose list it is") { app.message() == "Danh sách này do ba mẹ đặt." }
            assertFalse(app.messenger.isTrusted(app.chat("an").peer))
        }
    }

    @Test
    fun aReportHoldsWhatTheChildChoseAndLeavesByItsTapAlone() {
        family = runBlocking { TestFamily().agree() }
        App.follow(family)
        Settings(RuntimeEnvironment.getApplication()).asked = true
        App().use { app ->
            app.talkUntilWarned("congan")
            app.press(Ui.id.lachan_help)
            app.press("Báo với ứng dụng")
            app.press(Ui.id.lachan_report)
            app.until(Family.id.lachan_family_words)
            val sheet = { app.dialog()!!.window!!.decorView }
            assertTrue("nothing is chosen beforehand", sheet().tree().filterIsInstance<Switch>().none { it.isChecked })
            sheet().tree().filterIsInstance<Switch>().first { it.text.startsWith("Tôi là công an") }.performClick()
            app.shot("report")
            app.press(Family.id.lachan_family_main)
            app.until(Family.id.lachan_family_syllables)
            app.shot("report-preview")
            val words = sheet().findViewById<TextView>(Family.id.lachan_family_syllables)!!.text.toString()
            val started = shadowOf(app.activity)
            assertNull("nothing has gone anywhere", started.nextStartedActivity)
            app.press(Family.id.lachan_family_main)
            app.until("it was handed over") { app.says("Còn một bước nữa") }
            assertFalse("nobody knows whether it is sent there", app.says("Con đã gửi rồi"))
            val chooser = started.nextStartedActivity!!
            assertEquals(Intent.ACTION_CHOOSER, chooser.action)
            @Suppress("DEPRECATION")
            val send = chooser.getParcelableExtra<Intent>(Intent.EXTRA_INTENT)!!
            @Suppress("DEPRECATION")
            val pack = app.activity.contentResolver.openInputStream(send.getParcelableExtra(Intent.EXTRA_STREAM)!!)!!.use { it.readBytes() }
            val items = runBlocking { EvidencePack.open(pack, words) }.done()
            assertEquals(app.chat("congan").items.filterIsInstance<Item.Words>().first().text, items.single().content!!.toString(Charsets.UTF_8))
            assertNotNull(send.clipData)
        }
    }

    @Test
    fun nothingStartsByItselfWhateverIsMet() {
        family = runBlocking { TestFamily().agree() }
        App.follow(family)
        Settings(RuntimeEnvironment.getApplication()).asked = true
        App().use { app ->
            for (peer in listOf("tuan", "congan", "keo", "nhom")) app.hear(peer)
            assertNull("no report, no call, no message to anybody", shadowOf(app.activity).nextStartedActivity)
        }
    }

    private companion object {
        /** Longer than a state waits before it is written. */
        const val SAVING_MILLIS = 2_500L

        /** Of the school whose policy lies in the resources of the companion's tests, where it is said how it was made. */
        const val SCHOOL = "3ee2a8a7283cb2fd728943daa127ef09e483071a8b4bc699ba4522f09b14cfde"
    }
}
