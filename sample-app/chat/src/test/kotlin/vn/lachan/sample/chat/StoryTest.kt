package vn.lachan.sample.chat

import android.graphics.Bitmap
import android.view.View
import android.widget.EditText
import android.widget.TextView
import kotlinx.coroutines.runBlocking
import org.junit.Assert.assertArrayEquals
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
import vn.lachan.Action
import vn.lachan.Checks
import vn.lachan.FindingKind
import vn.lachan.MessageCheck
import vn.lachan.ModelState
import vn.lachan.PeerTrust
import vn.lachan.PersonalData
import vn.lachan.TextSpan
import vn.lachan.Verdict
import vn.lachan.guardian.Birth
import vn.lachan.guardian.Rules
import vn.lachan.guardian.TestFamily
import vn.lachan.screens.tree
import vn.lachan.testing.FakeConversation
import vn.lachan.testing.FakeLaChan
import vn.lachan.testing.Marker
import vn.lachan.testing.Verdicts
import vn.lachan.ui.MessageTip
import vn.lachan.ui.ShieldedImageView
import vn.lachan.ui.R as Ui

/** Every kind of warning, met by writing with the scripts: the real core with the real models. */
@RunWith(RobolectricTestRunner::class)
class StoryTest {
    @Before
    fun prepare() {
        RuntimeEnvironment.setQualifiers("vi-rVN-w360dp-h720dp-mdpi")
        App.forgetAll()
        App.useTheRealCore()
    }

    /** On a phone whose family has agreed, for a child of this age. */
    private fun agreed(birth: Birth = TWELVE, rules: Rules = Rules(shareCounts = true)): App {
        Settings(RuntimeEnvironment.getApplication()).asked = true
        App.follow(runBlocking { TestFamily().agree(rules, birth) })
        return App().also { assertTrue(it.messenger.isProtected) }
    }

    private fun App.tips() = root.tree().filterIsInstance<MessageTip>().filter { it.isShown }.toList()

    private fun App.shields() = root.tree().filterIsInstance<ShieldedImageView>().filter { it.isShown }.toList()

    private fun App.invited(peer: String) = chat(peer).items.filterIsInstance<Item.Invite>().map { it.lesson }

    /** Follows the script to its end, taking what is suggested and leaving every warning by its safe button. */
    private fun App.play(peer: String): List<String> {
        val warnings = mutableListOf<String>()
        val chat = open(peer)
        while (true) {
            untilItIsTheChildsTurn()
            if (dialog() != null) {
                warnings += title.orEmpty()
                press(Ui.id.lachan_stay)
                continue
            }
            val step = chat.next as? Step.Reply ?: return warnings
            val sent = chat.items.size
            press(R.id.suggestion)
            press(R.id.send)
            until("it is sent or held") { chat.items.size > sent || dialog() != null || tips().any { it.id == R.id.draft_tip } }
            if (chat.items.size > sent) continue
            if (dialog() != null) {
                warnings += title.orEmpty()
                press(Ui.id.lachan_stay)
                write("thôi, mình không gửi đâu")
            } else {
                warnings += "hint: ${step.text}"
                read()
                press(R.id.send)
            }
            until("something is sent") { chat.items.drop(sent).any { it is Item.Words && it.mine } }
        }
    }

    @Test
    fun everydayChatsAreLeftAlone() = agreed().use { app ->
        for (peer in listOf("me", "minh")) {
            assertEquals(peer, emptyList<String>(), app.play(peer))
            assertNull(app.chat(peer).next)
            assertEquals(emptyList<Any>(), app.tips() + app.shields())
        }
        assertTrue(app.chat("minh").items.filterIsInstance<Item.Picture>().single().verdict is Verdict.Clear)
        assertEquals("the real core works here", ModelState.Ready, app.messenger.shield!!.models.value)
    }

    @Test
    fun aNumberIsHintedAtAndACodeIsAskedAboutBeforeTheyAreSent() = agreed().use { app ->
        val warnings = app.play("rong")
        assertTrue("$warnings", "hint: số mình là 0912 345 678 nha" in warnings)
        assertTrue("$warnings", "Mã và mật khẩu giống như chìa khóa nhà" in warnings)
        val sent = app.chat("rong").items.filterIsInstance<Item.Words>().filter { it.mine }.map { it.text }
        assertTrue("the child decided to send the number", sent.any { "0912" in it })
        assertFalse("the code stayed here", sent.any { "482913" in it })
        assertTrue("${app.invited("rong")}", "private_data" in app.invited("rong"))
    }

    @Test
    fun changingWhatWasHintedAtTakesTheHintAway() = agreed().use { app ->
        app.open("rong")
        app.untilItIsTheChildsTurn()
        app.write("số mình là 0912 345 678 nha")
        app.until("the hint") { app.tips().any { it.id == R.id.draft_tip } }
        assertEquals("Vẫn gửi", app.root.findViewById<View>(R.id.send)!!.contentDescription)
        app.root.findViewById<EditText>(R.id.field)!!.setText("để mình hỏi mẹ đã")
        assertTrue(app.tips().none { it.id == R.id.draft_tip })
        app.press(R.id.send)
        app.until("it is sent") { app.chat("rong").items.any { it is Item.Words && it.mine } }
        assertTrue(app.chat("rong").items.filterIsInstance<Item.Words>().none { "0912" in it.text })
    }

    @Test
    fun whatWasHintedAtDoesNotCountWhereTheChildLeavesIt() {
        val fake = FakeLaChan()
        Opening.shield = { fake }
        agreed().use { app ->
            app.open("rong")
            app.untilItIsTheChildsTurn()
            val talk = fake.conversation("rong", PeerTrust.Unknown)
            talk.next(Verdicts.personalInfo(listOf(TextSpan(8, 20, PersonalData.Phone))))
            app.write("số mình là 0912 345 678 nha")
            app.until("the hint") { app.tips().any { it.id == R.id.draft_tip } }
            assertEquals(0, talk.withdrawn)
            app.open("me")
            app.open("rong")
            app.until("it is taken back") { talk.withdrawn == 1 }
        }
    }

    /** With [check] as what is said of the next words in the talk with "rong", which is the child's turn. */
    private fun writing(text: String, check: MessageCheck, step: (App, FakeConversation) -> Unit) {
        val fake = FakeLaChan()
        Opening.shield = { fake }
        agreed().use { app ->
            app.open("rong")
            app.untilItIsTheChildsTurn()
            val talk = fake.conversation("rong", PeerTrust.Unknown)
            talk.next(check)
            app.write(text)
            step(app, talk)
        }
    }

    private fun App.sent(peer: String) = chat(peer).items.filterIsInstance<Item.Words>().filter { it.mine }.map { it.text }

    @Test
    fun theSecondOfADoubleTapSendsNothingPastAHint() {
        val text = "số mình là 0912 345 678 nha"
        writing(text, Verdicts.personalInfo(listOf(TextSpan(11, 23, PersonalData.Phone)))) { app, _ ->
            app.until("the hint") { app.tips().any { it.id == R.id.draft_tip } }
            app.press(R.id.send)
            assertEquals(emptyList<String>(), app.sent("rong"))
            app.read()
            app.press(R.id.send)
            app.until("the child has read it and sends") { app.sent("rong") == listOf(text) }
        }
    }

    @Test
    fun whatWasInterruptedIsAskedAboutEachTimeThatItIsSent() {
        val text = "mã OTP là 482913 nha"
        writing(text, Verdicts.personalInfo(listOf(TextSpan(10, 16, PersonalData.OneTimeCode)), Action.Interrupt)) { app, talk ->
            app.until("the warning") { app.dialog() != null }
            app.press(Ui.id.lachan_stay)
            val looked = talk.messages.size
            app.read()
            app.press(R.id.send)
            assertEquals("the child stayed", emptyList<String>(), app.sent("rong"))
            app.until("it is asked again") { app.dialog() != null }
            assertEquals("the talk counts it once", looked, talk.messages.size)
            app.read()
            app.press(Ui.id.lachan_go_on)
            app.until("it is sent") { app.sent("rong") == listOf(text) }
        }
    }

    @Test
    fun groomingIsInterruptedAsItGrows() = agreed().use { app ->
        val warnings = app.play("tuan")
        assertTrue("$warnings", warnings.size >= 2)
        assertEquals("what changed is said anew", "Có người đang dọa con. Con không có lỗi", warnings.last())
        assertTrue("${app.invited("tuan")}", app.invited("tuan").isNotEmpty())
        assertNotNull(app.messenger.shield!!.conversation("tuan", app.chat("tuan").peer.trust).stage.value)
    }

    @Test
    fun fakePoliceIsAnInterruptionWithItsLesson() = agreed().use { app ->
        assertTrue("Đây có thể là người giả mạo" in app.play("congan"))
        assertTrue("fake_police" in app.invited("congan"))
        app.press(R.id.invite)
        assertTrue(app.says("Nhận ra công an giả"))
    }

    @Test
    fun aNudePictureIsCoveredAndNotPassedOn() = agreed().use { app ->
        app.play("keo")
        assertFalse(app.shields().single().isRevealed)
        app.press(R.id.forward)
        app.press("Minh 6A2")
        app.until("the warning") { app.dialog() != null }
        assertEquals("Con nghĩ đến người trong hình nhé", app.title)
        assertEquals("under 13 the only way on is a guardian", "Hỏi ba mẹ trước khi chuyển", app.dialog()!!.findViewById<TextView>(Ui.id.lachan_go_on)!!.text.toString())
        app.press(Ui.id.lachan_stay)
        assertEquals(emptyList<Item>(), app.chat("minh").items)
    }

    @Test
    fun aTeenagerCanPassOnAfterReading() = agreed(FOURTEEN).use { app ->
        app.play("keo")
        app.press(R.id.forward)
        app.press("Minh 6A2")
        app.until("the warning") { app.dialog() != null }
        app.press(Ui.id.lachan_go_on)
        app.read()
        app.press(Ui.id.lachan_yes)
        assertTrue(app.chat("minh").items.single() is Item.Picture)
    }

    @Test
    fun aPrivatePictureIsAskedAboutBeforeItIsSent() = agreed().use { app ->
        app.play("an")
        assertTrue(app.chat("an").next is Step.ReplyPicture)
        app.press(R.id.suggestion)
        app.press(R.id.main)
        app.until("the warning") { app.dialog() != null }
        assertEquals("Con dừng lại một chút nhé", app.title)
        app.press(Ui.id.lachan_stay)
        assertTrue(app.chat("an").items.none { it is Item.Picture })
        assertTrue(app.says("Chưa gửi. Nghĩ thêm là chuyện tốt."))
        // A harmless one goes without a word.
        app.press(R.id.add)
        app.press(R.id.second)
        app.until("it is sent") { app.chat("an").items.any { it is Item.Picture } }
        assertNull(app.dialog())
    }

    @Test
    fun aKnownImageIsHeldBackForEverybody() = agreed(SIXTEEN).use { app ->
        app.play("nhom")
        val shield = app.shields().single()
        assertEquals(View.GONE, shield.findViewById<View>(Ui.id.lachan_shield_look)!!.visibility)
        assertTrue(app.says("Hình được giữ lại"))
        assertTrue("known_image" in app.invited("nhom"))
    }

    @Test
    fun theCameraIsCoveredWhileItShowsWhatItShouldNot() = agreed().use { app ->
        app.play("bin")
        app.press(R.id.suggestion)
        app.until("the call is seen") { app.says("Đang gọi. Máy ảnh ở đây là hình vẽ.") }
        app.until("it is covered") { app.root.findViewById<View>(R.id.camera)?.visibility == View.VISIBLE }
        assertTrue(app.says("Hình bên kia được che. Dừng lúc nào cũng được."))
        app.until("it is open again") { app.root.findViewById<View>(R.id.camera)?.visibility == View.GONE }
        app.press(R.id.main)
        assertNotNull(app.root.findViewById<View>(R.id.field))
    }

    @Test
    fun whereTheCompanionLeftLessonsOutNoneIsOffered() = agreed(rules = Rules(lessons = false)).use { app ->
        assertTrue(app.play("congan").isNotEmpty())
        app.play("keo")
        assertEquals(emptyList<String>(), app.invited("congan") + app.invited("keo"))
        assertFalse("nor in the warning itself", app.says("Bài học nhỏ"))
    }

    @Test
    fun whatTheFamilyNarrowsIsNotLookedFor() = agreed(rules = Rules(checks = Checks(nudity = false))).use { app ->
        app.play("keo")
        assertFalse(app.chat("keo").items.filterIsInstance<Item.Picture>().single().verdict is Verdict.Concern)
    }

    @Test
    fun withSomebodyKnownSmallHintsAreHiddenAndInterruptionsAreNot() = agreed().use { app ->
        val loud = app.play("tuan")
        val hints = { app.chat("tuan").items.filterIsInstance<Item.Words>().count { (it.check?.verdict as? Verdict.Concern)?.action == Action.Tip } }
        assertTrue("${hints()}", hints() > 0)
        app.activity.act {
            app.messenger.setTrusted(app.chat("tuan").peer, true)
            app.messenger.restart(app.chat("tuan"))
        }
        app.until("it begins anew") { app.chat("tuan").items.isEmpty() }
        val quiet = app.play("tuan")
        assertEquals(0, hints())
        assertTrue("$loud, $quiet", quiet.isNotEmpty())
    }

    @Test
    fun somebodyCanBeBlockedAndUnblocked() = agreed().use { app ->
        app.play("keo")
        app.press(R.id.block)
        assertNull(app.root.findViewById<View>(R.id.field))
        app.press(R.id.main)
        assertNotNull(app.root.findViewById<View>(R.id.field))
    }

    @Test
    fun theLanguageIsTheChildsChoice() {
        agreed().use { app -> assertTrue(app.says("Mẹ")) }
        Settings(RuntimeEnvironment.getApplication()).language = "en"
        App().use { app ->
            assertTrue(app.says("Mum"))
            app.play("me")
            assertTrue(app.says("I will pick you up this afternoon"))
        }
    }

    @Test
    fun theMarkersOfTheAppAreThoseOfTheSdk() = agreed().use { app ->
        for ((kind, finding) in listOf(PictureKind.Nudity to FindingKind.Nudity, PictureKind.KnownImage to FindingKind.KnownImage)) {
            val picture = Pictures.load(app.activity, kind)
            val pixels = IntArray(picture.width * picture.height)
            picture.copy(Bitmap.Config.ARGB_8888, false).getPixels(pixels, 0, picture.width, 0, 0, picture.width, picture.height)
            assertArrayEquals(kind.name, Marker.pixels(finding, picture.width), pixels)
        }
    }

    private companion object {
        /** On 2026-01-01, where the clock of a family stands. */
        val TWELVE = Birth(2013, 3, 1)
        val FOURTEEN = Birth(2011, 3, 1)
        val SIXTEEN = Birth(2009, 3, 1)
    }
}
