package vn.lachan.sample.chat

import android.animation.ValueAnimator
import android.view.View
import java.io.File
import kotlinx.coroutines.runBlocking
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertTrue
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import vn.lachan.Action
import vn.lachan.Advice
import vn.lachan.Direction
import vn.lachan.Finding
import vn.lachan.FindingKind
import vn.lachan.Indicator
import vn.lachan.MessageCheck
import vn.lachan.NotCheckedReason
import vn.lachan.PeerTrust
import vn.lachan.PersonalData
import vn.lachan.Policy
import vn.lachan.Report
import vn.lachan.Reveal
import vn.lachan.ScoreBand
import vn.lachan.Stage
import vn.lachan.TextSpan
import vn.lachan.Verdict
import vn.lachan.guardian.Birth
import vn.lachan.guardian.Rules
import vn.lachan.guardian.SameEachTime
import vn.lachan.guardian.TestFamily
import vn.lachan.guardian.done
import vn.lachan.screens.Goldens
import vn.lachan.screens.Phone
import vn.lachan.screens.Reachable
import vn.lachan.screens.tree
import vn.lachan.testing.FakeLaChan
import vn.lachan.testing.Verdicts
import vn.lachan.ui.HelpSheet
import vn.lachan.guardian.R as Family
import vn.lachan.ui.R as Ui

/** Every screen on every phone, with a shield that says what the picture needs: it looks as agreed and can be reached. */
@RunWith(RobolectricTestRunner::class)
class ScreensTest {
    private lateinit var shield: FakeLaChan

    private fun chatConcern(warning: String, action: Action, steps: List<String>, lesson: String) = Verdict.Concern(
        action, listOf(Finding(FindingKind.Grooming, ScoreBand.Likely, "scripted", "lachan-testing")),
        Advice(warning, steps, listOf("trusted_adult", "helpline_111"), lesson, Reveal.Freely),
    )

    private val secret = MessageCheck(
        chatConcern("chat.secret", Action.Interrupt, listOf("not_your_fault", "tell_someone"), "secrets"),
        Stage.Isolating, setOf(Indicator.Secrecy), emptyList(),
    )
    private val clear = MessageCheck(Verdict.Clear, null, emptySet(), emptyList())

    /** What leads to each screen. */
    private val screens: Map<String, App.() -> Unit> = mapOf(
        "welcome" to { activity.restart(Welcome) },
        "contacts" to {},
        "settings" to { activity.show(SettingsPage) },
        "chat" to {
            shield.otherwise = Verdict.Clear
            playTo("minh", replies = 2)
        },
        "chat-personal" to {
            playTo("rong", replies = 1)
            val text = "số mình là 0912 345 678 nha"
            val spans = listOf(TextSpan(text.indexOf("0912"), text.indexOf(" nha"), PersonalData.Phone))
            val concern = chatConcern("chat.where_to_find_you", Action.Tip, listOf("leave_it_out", "ask_someone"), "private_data")
            shield.conversation("rong", PeerTrust.Recent).next(MessageCheck(concern, null, setOf(Indicator.SharesPersonalInfo), spans))
            write(text)
            until("the hint") { root.findViewById<View>(R.id.draft_tip)!!.isShown }
        },
        "chat-warning" to {
            shield.conversation("tuan", PeerTrust.Unknown).next(clear, clear, clear, clear, secret)
            playTo("tuan", replies = 2)
            until("the warning") { dialog() != null }
        },
        "chat-after" to {
            shield.conversation("tuan", PeerTrust.Unknown).next(clear, clear, clear, clear, secret)
            playTo("tuan", replies = 2)
            until("the warning") { dialog() != null }
            press(Ui.id.lachan_stay)
            untilItIsTheChildsTurn()
        },
        "chat-picture" to {
            shield.nextPicture(Verdicts.nudity())
            playTo("keo", replies = 0)
        },
        "chat-unchecked" to {
            shield.nextPicture(Verdicts.notChecked(NotCheckedReason.FamilyUnavailable))
            playTo("minh", replies = 2)
        },
        "chat-known" to {
            shield.nextPicture(Verdicts.knownImage())
            playTo("nhom", replies = 0)
        },
        "album" to { activity.show(AlbumPage(chat("an"))) },
        "sending" to {
            shield.nextPicture(Verdicts.nudity(Direction.Outgoing))
            activity.show(AlbumPage(chat("an")))
            press(R.id.main)
            until("the warning") { dialog() != null }
        },
        "forward" to { activity.show(ForwardPage(chat("keo"), PictureKind.Nudity)) },
        "call" to {
            shield.nextFrame(Verdicts.nudity())
            shield.otherwise = Verdicts.nudity()
            activity.show(CallPage(chat("bin").peer, PictureKind.Hills))
            until("it is covered") { root.findViewById<View>(R.id.camera)!!.visibility == View.VISIBLE }
        },
        "off" to {},
        "your-turn" to {},
        "settings-off" to { activity.show(SettingsPage) },
        "connect" to { activity.show(SetupPage) },
        "assent" to { activity.show(AssentPage) },
        "gate" to {
            shield.nextPicture(Verdicts.nudity(Direction.Outgoing))
            activity.show(AlbumPage(chat("an")))
            press(R.id.main)
            until("the warning") { dialog() != null }
            press(Ui.id.lachan_go_on)
            until("the gate") { dialog()!!.findViewById<View>(Family.id.lachan_family_pin) != null }
        },
        "scan" to { ScanSheet(activity) { }.show() },
        "shared" to {
            activity.show(SharedPage)
            until("it looked") { root.findViewById<View>(Family.id.lachan_family_main) != null }
        },
        "school" to { activity.show(SchoolPage) },
        "stop" to { activity.show(StopPage) },
        "stopped" to {
            activity.show(StopPage)
            press(Family.id.lachan_family_second)
            until("it has stopped") { root.findViewById<View>(Family.id.lachan_family_second) == null }
        },
        "report" to {
            shield.nextPicture(Verdicts.nudity())
            playTo("keo", replies = 0)
            activity.actions().reportHook!!.report(activity, Report(emptyList(), Direction.Incoming, "keo"))
            until("the report") { dialog() != null }
        },
    )

    private fun App.playTo(peer: String, replies: Int) {
        val chat = open(peer)
        repeat(replies) {
            untilItIsTheChildsTurn()
            val before = chat.items.size
            press(R.id.suggestion)
            press(R.id.send)
            until("it is sent") { chat.items.size > before }
        }
        untilItIsTheChildsTurn()
    }

    @Test
    fun everyScreenLooksAsAgreedAndCanBeReached() {
        val goldens = Goldens(
            File(System.getProperty("lachan.module")!!),
            "mvn -f android/pom.xml -pl ../sample-app/chat -am verify -Dtest=ScreensTest -Dsurefire.failIfNoSpecifiedTests=false", LARGEST,
        )
        for (phone in Phone.ALL) {
            for ((name, lead) in screens) {
                phone.use(if (!phone.large) Phone.HEIGHT else if (name.startsWith("settings") || name == "shared" || name == "report") LONGEST else LONG)
                App.forgetAll()
                Opening.frameMillis = HOURS
                Settings(RuntimeEnvironment.getApplication()).asked = name != "welcome"
                App.follow(runBlocking { family(name) })
                Opening.shield = { FakeLaChan(Policy.Off).also { shield = it } }
                App().use { app ->
                    app.lead()
                    app.settle()
                    val drawn = app.draw()
                    goldens.take("$name-${phone.name}", drawn)
                    val seen = app.dialog()?.window?.decorView ?: app.root
                    Reachable.inOrder("$name ${phone.name}", seen)
                    Reachable.check("$name ${phone.name}", seen) { app.isOurs(it) }
                    if (name !in DRAWN_OVER) Reachable.standsOutEverywhere("$name ${phone.name}", seen) { app.draw() }
                }
            }
        }
        goldens.done()
    }

    /** An app whose family has agreed, and that has asked what it asks once, with a shield of which each answer is given. */
    private fun begin() {
        App.forgetAll()
        Settings(RuntimeEnvironment.getApplication()).asked = true
        App.follow(runBlocking { TestFamily().agree() })
        Opening.shield = { FakeLaChan(Policy.Off).also { shield = it } }
    }

    private fun App.isOurs(view: View) = view.id == View.NO_ID || activity.resources.getResourcePackageName(view.id).startsWith("vn.lachan")

    /** What nobody could look at stays behind one tap; what the family did not switch on does not. */
    @Test
    fun whatWasNotCheckedIsBehindOneTapUnlessNobodyAskedForIt() {
        Phone.ALL.first().use()
        val shownAsEver = setOf(NotCheckedReason.PolicyOff, NotCheckedReason.NotCovered)
        for (reason in NotCheckedReason.values()) {
            begin()
            App().use { app ->
                shield.nextPicture(Verdicts.notChecked(reason))
                app.playTo("keo", replies = 0)
                assertEquals("$reason", reason !in shownAsEver, app.says("Chưa kiểm tra được hình này"))
                assertEquals("$reason", reason in shownAsEver, app.root.findViewById<View>(R.id.forward) != null)
            }
        }
    }

    /** Of words it is said in a line, and what is about to leave waits for a second tap. */
    @Test
    fun wordsThatWereNotCheckedAreSaidToBeSo() {
        Phone.ALL.first().use()
        val goesAtOnce = setOf(NotCheckedReason.PolicyOff, NotCheckedReason.NotCovered, NotCheckedReason.Empty)
        // The app itself gave the check up, or is on its way out.
        val hasNoLine = goesAtOnce + setOf(NotCheckedReason.Cancelled, NotCheckedReason.Closed)
        for (reason in NotCheckedReason.values()) {
            begin()
            App().use { app ->
                val unchecked = MessageCheck(Verdicts.notChecked(reason), null, emptySet(), emptyList())
                shield.conversation("me", PeerTrust.Family).next(unchecked)
                app.playTo("me", replies = 0)
                assertEquals("$reason", reason !in hasNoLine, app.says("Tin này chưa được kiểm tra."))
                fun sent() = app.chat("me").items.any { it is Item.Words && it.mine }
                val send = app.root.findViewById<View>(R.id.send)!!
                shield.conversation("me", PeerTrust.Family).next(unchecked)
                app.write("con ăn rồi mẹ")
                app.until("$reason: it is sent or held") { sent() || send.contentDescription == "Vẫn gửi" }
                assertEquals("$reason", reason in goesAtOnce, sent())
                if (sent()) return@use
                assertEquals("$reason", reason !in hasNoLine, app.root.findViewById<View>(R.id.draft_tip)!!.isShown)
                app.press(R.id.send)
                assertFalse("$reason: the second of a double tap", sent())
                app.read()
                app.press(R.id.send)
                app.until("$reason: it is sent") { sent() }
            }
        }
    }

    @Test
    fun aPictureThatNobodyCouldLookAtLeavesByASecondTap() {
        for (phone in Phone.ALL) {
            phone.use(if (phone.large) LONG else Phone.HEIGHT)
            begin()
            App().use { app ->
                val words = app.activity.getString(R.string.picture_unchecked)
                fun waits(where: String, to: String) {
                    app.until("$where: it is said") { app.says(words) }
                    app.settle()
                    Reachable.inOrder("$where ${phone.name}", app.root)
                    Reachable.check("$where ${phone.name}", app.root) { app.isOurs(it) }
                    Reachable.standsOutEverywhere("$where ${phone.name}", app.root) { app.draw() }
                    assertEquals(where, emptyList<Item>(), app.chat(to).items)
                }
                shield.nextPicture(Verdicts.notChecked())
                app.activity.show(AlbumPage(app.chat("an")))
                app.press(R.id.second)
                waits("album", "an")
                app.read()
                app.press(R.id.send)
                assertTrue(app.chat("an").items.single() is Item.Picture)
                shield.nextPicture(Verdicts.notChecked())
                app.activity.show(ForwardPage(app.chat("keo"), PictureKind.Nudity))
                app.settle()
                app.press(app.chat("minh").peer.name)
                waits("forward", "minh")
                app.read()
                app.press(R.id.send)
                assertTrue(app.chat("minh").items.single() is Item.Picture)
            }
        }
    }

    @Test
    fun theSecondOfADoubleTapSendsNoPictureThatNobodyCouldLookAt() {
        Phone.ALL.first().use()
        begin()
        App().use { app ->
            shield.nextPicture(Verdicts.notChecked())
            app.activity.show(AlbumPage(app.chat("an")))
            app.press(R.id.second)
            app.until("it is said") { app.root.findViewById<View>(R.id.held) != null }
            app.press(R.id.send)
            assertEquals(emptyList<Item>(), app.chat("an").items)
            app.read()
            app.press(R.id.send)
            assertEquals(1, app.chat("an").items.size)
        }
    }

    /** What is asked before the shield stands is asked when it does, and is not what nobody asked for. */
    @Test
    fun whoeverAsksBeforeAllIsOpenWaitsForIt() {
        Phone.ALL.first().use()
        App.forgetAll()
        App.follow(runBlocking { TestFamily().agree() })
        Opening.shield = { FakeLaChan(Policy.Off).also { it.nextPicture(Verdicts.nudity()) } }
        val context = RuntimeEnvironment.getApplication()
        val early = Messenger(context)
        assertTrue(runBlocking { early.look(context, PictureKind.Nudity, Direction.Incoming) } is Verdict.Concern)
        early.close()
        val writing = Messenger(context)
        assertEquals(Verdict.Clear, runBlocking { writing.beforeSending(writing.chats.first(), "chào") }.verdict)
        writing.close()
    }

    @Test
    fun inACallOnlyWhatWasLookedAtOrNotAskedForUncovers() {
        Phone.ALL.first().use()
        begin()
        App().use { app ->
            fun covered() = app.root.findViewById<View>(R.id.camera)!!.visibility == View.VISIBLE
            fun cover() {
                shield.otherwise = Verdicts.nudity()
                app.until("it is covered") { covered() && app.says("Hình bên kia được che. Dừng lúc nào cũng được.") }
            }
            shield.otherwise = Verdicts.nudity()
            app.activity.show(CallPage(app.chat("bin").peer, PictureKind.Hills))
            for (reason in NotCheckedReason.values()) {
                cover()
                shield.otherwise = Verdicts.notChecked(reason)
                when (reason) {
                    NotCheckedReason.PolicyOff, NotCheckedReason.NotCovered -> app.until("$reason") { !covered() }
                    // Nothing happens: nothing to wait for but some frames.
                    NotCheckedReason.TooFewFrames -> {
                        val end = System.nanoTime() + SOME_FRAMES_NANOS
                        app.until("some frames were seen") { System.nanoTime() > end }
                        assertTrue("$reason", covered() && app.says("Hình bên kia được che. Dừng lúc nào cũng được."))
                    }
                    else -> {
                        app.until("$reason") { app.says("Chưa kiểm tra được hình bên kia. Dừng lúc nào cũng được.") }
                        assertTrue("$reason", covered())
                    }
                }
            }
            shield.otherwise = Verdict.Clear
            app.until("it is open again") { !covered() }
            shield.otherwise = Verdicts.notChecked(NotCheckedReason.Internal)
            app.until("it is said") { app.says("Chưa kiểm tra được hình bên kia. Dừng lúc nào cũng được.") }
            assertFalse("and covers nothing", covered())
        }
    }

    @Test
    fun whatNobodyMayOpenNobodyPassesOn() {
        Phone.ALL.first().use()
        for ((peer, verdict) in listOf("nhom" to Verdicts.knownImage(), "keo" to Verdicts.nudity())) {
            begin()
            App().use { app ->
                shield.nextPicture(verdict)
                app.playTo(peer, replies = 0)
                assertEquals(peer, verdict.advice.reveal != Reveal.Never, app.root.findViewById<View>(R.id.forward) != null)
            }
        }
    }

    /** How far the family has come when a screen is seen. */
    private suspend fun family(screen: String): TestFamily {
        val family = TestFamily(random = SameEachTime())
        return when (screen) {
            "welcome", "off", "settings-off", "connect" -> family.meet()
            "your-turn", "assent" -> family.meet().also {
                val yes = it.pair()!!
                it.child.setBirth(Birth(2013, 3, 1), yes).done()
                it.child.consent(TestFamily.TEXT, TestFamily.EVERYTHING, yes).done()
                it.child.receivePolicy(it.guardian.signPolicy(it.phone, Rules(shareCounts = true)).done()).done()
            }
            "shared" -> family.agree().also {
                repeat(6) { _ -> it.child.count(FindingKind.Grooming).done() }
                it.clock.passDays(8)
            }
            else -> family.agree()
        }
    }

    @Test
    fun whoeverAskedThePhoneToKeepStillSeesNothingMove() {
        Phone.ALL.first().use()
        App.forgetAll()
        App.follow(runBlocking { TestFamily().agree() })
        Opening.shield = { FakeLaChan(Policy.Off).also { shield = it } }
        Settings(RuntimeEnvironment.getApplication()).asked = true
        for (still in listOf(true, false)) {
            ValueAnimator.setDurationScale(if (still) 0f else 1f)
            App().use { app ->
                val chat = app.open("rong")
                repeat(20) { chat.items += Item.Note("$it") }
                app.activity.draw()
                val screen = app.root.tree().filterIsInstance<Screen>().first()
                // Two scrolls within a quarter of a second are none that moves.
                app.settle()
                screen.scroll.scrollTo(0, 0)
                screen.toEnd()
                // One turn of the main thread: a movement would have only begun.
                org.robolectric.Shadows.shadowOf(android.os.Looper.getMainLooper()).idle()
                val atEnd = screen.scroll.scrollY + screen.scroll.height >= screen.page.height
                assertEquals("still: $still", still, atEnd)
                HelpSheet(app.activity, app.messenger.age).show()
                assertEquals("a sheet, still: $still", still, app.dialog()!!.window!!.attributes.windowAnimations == Ui.style.LaChan_SheetStill)
            }
        }
        ValueAnimator.setDurationScale(1f)
    }

    /** Scrolling to the end of a chat is an animation like any other. */
    private fun App.settle() {
        repeat(3) { org.robolectric.Shadows.shadowOf(android.os.Looper.getMainLooper()).idleFor(java.time.Duration.ofMillis(400)) }
    }

    private companion object {
        const val LONG = 1100
        const val LONGEST = 2300
        const val LARGEST = 2_600_000L

        /** Text over a drawn camera, or below a dialog that leaves some of it to be seen. */
        val DRAWN_OVER = setOf("call")

        const val SOME_FRAMES_NANOS = 100_000_000L

        /** One frame is enough for a picture. */
        const val HOURS = 10_000_000L
    }
}
