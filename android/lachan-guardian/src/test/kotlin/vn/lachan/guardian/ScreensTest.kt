package vn.lachan.guardian

import android.app.Activity
import android.view.View
import android.widget.EditText
import android.widget.Switch
import java.io.File
import kotlinx.coroutines.runBlocking
import org.junit.Assert.assertEquals
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.Robolectric
import org.robolectric.RobolectricTestRunner
import vn.lachan.AgeBand
import vn.lachan.Direction
import vn.lachan.FindingKind
import vn.lachan.screens.Goldens
import vn.lachan.screens.Phone
import vn.lachan.screens.Reachable
import vn.lachan.screens.Shown
import vn.lachan.screens.settle
import vn.lachan.screens.tree

/** Every screen of a family on the child's phone looks as agreed, and can be touched, read and heard. */
@RunWith(RobolectricTestRunner::class)
class ScreensTest {
    @Test
    fun everyScreenLooksAsAgreed() {
        val goldens = Goldens(File(System.getProperty("lachan.module")!!), "mvn -f android/pom.xml -pl lachan-guardian -am verify", LARGEST)
        for (phone in Phone.ALL) {
            for ((name, screen) in SCREENS) {
                phone.use(if (phone.large) screen.long else Phone.HEIGHT)
                shown(screen.make).use {
                    val root = it.activity.window.decorView
                    goldens.take("$name-${phone.name}", it.draw())
                    Reachable.check("$name ${phone.name}", root, ::isOurs)
                    Reachable.inOrder("$name ${phone.name}", root)
                    root.findViewById<View>(R.id.lachan_family_code)?.let { code -> Reachable.isWhole("$name ${phone.name}: the code", code, atOnce = true) }
                    Reachable.standsOutEverywhere("$name ${phone.name}", root, it::draw)
                }
            }
        }
        goldens.done()
    }

    @Test
    fun theChildIsAskedFromTheTitleToTheLastWayOut() {
        Phone.ALL.first().use()
        shown { a -> AssentView(a, family().child, AgeBand.Under13, Scope(counts = true)) { } }.use {
            val heard = Reachable.heard(it.activity.window.decorView)
            assertEquals("Con có đồng ý không?", heard.first())
            assertEquals(listOf("Con đồng ý", "Con chưa muốn", "Con muốn hỏi người khác"), heard.takeLast(3))
        }
    }

    private fun isOurs(view: View) = view.id == View.NO_ID || view.resources.getResourcePackageName(view.id) == "vn.lachan.guardian"

    private class Screen(val long: Int = 1300, val make: (Activity) -> View)

    private fun shown(make: (Activity) -> View): Shown {
        val controller = Robolectric.buildActivity(Activity::class.java)
        val activity = controller.get()
        val night = activity.resources.configuration.isNightModeActive
        activity.setTheme(if (night) android.R.style.Theme_Material_NoActionBar else android.R.style.Theme_Material_Light_NoActionBar)
        controller.setup()
        activity.setContentView(make(activity))
        settle()
        return Shown(controller)
    }

    private companion object {
        const val LARGEST = 1_450_000L

        val nobody = PacketScanner { _, _ -> }

        /** Keys and codes of these are the same each time, so that the pictures are. */
        fun family(): TestFamily = runBlocking { TestFamily(random = SameEachTime()).agree() }

        fun fresh(): TestFamily = runBlocking { TestFamily(random = SameEachTime()).meet() }

        val nowhere = FamilyReport.Delivery { _, _ -> true }

        /** A family with a week of numbers. */
        fun counted(): TestFamily = runBlocking {
            TestFamily(random = SameEachTime()).agree().also {
                repeat(2) { _ -> it.child.count(FindingKind.Nudity).done() }
                repeat(6) { _ -> it.child.count(FindingKind.Grooming).done() }
                it.clock.passDays(8)
            }
        }

        /** What a child could choose from: the words are a stranger's. */
        fun choices(): List<ReportChoice> {
            fun choice(label: String, kind: EvidenceKind) = ReportChoice(label, Chosen(kind, Direction.Incoming, NOON_MILLIS, label.toByteArray()))
            return listOf(
                choice("anh Tuấn", EvidenceKind.Account),
                choice("chuyện này là bí mật của hai đứa mình, đừng nói với ba mẹ nha", EvidenceKind.Message),
                choice("Hình thử", EvidenceKind.KnownImage),
            )
        }

        fun report(activity: Activity, delivery: FamilyReport.Delivery = nowhere): View {
            TestLibrary.use()
            EvidencePack.random = ::SameEachTime
            return ReportView(activity, AgeBand.Under13, choices(), delivery, nowMillis = { NOON_MILLIS }) { }.also { activity.setContentView(it) }
        }

        fun previewed(activity: Activity): View = report(activity).also { view ->
            view.tree().filterIsInstance<Switch>().forEach { it.isChecked = true }
            view.findViewById<EditText>(R.id.lachan_family_words)!!.setText("con sợ lắm")
            view.press(R.id.lachan_family_main) { view.findViewById<View>(R.id.lachan_family_syllables) != null }
        }

        const val NOON_MILLIS = 1_767_243_600_000L

        fun shared(activity: Activity, family: TestFamily): View =
            SharedView(activity, family.child, AgeBand.Under13) { }.also { view ->
                activity.setContentView(view)
                await("it looked") { view.findViewById<View>(R.id.lachan_family_main) != null }
            }

        fun setup(activity: Activity, family: TestFamily, vararg packets: suspend () -> Packet): View {
            val waiting = packets.toMutableList()
            val scanner = PacketScanner { _, take -> take.take(runBlocking { waiting.removeAt(0)() }) }
            return FamilySetupView(activity, family.child, scanner) { }.also { activity.setContentView(it) }
        }

        fun View.press(id: Int, until: () -> Boolean) {
            findViewById<View>(id)!!.performClick()
            await("a page changed") { until() }
        }

        val SCREENS: Map<String, Screen> = mapOf(
            "setup-meet" to Screen { a -> FamilySetupView(a, family().child, nobody) { } },
            "setup-again" to Screen { a -> FamilySetupView(a, runBlocking { fresh().also { it.pair() } }.child, nobody) { } },
            "setup-answer" to Screen(1500) { a -> toAnswer(a, fresh()) },
            "setup-compare" to Screen(1500) { a -> toCompare(a, fresh()) },
            "setup-consent" to Screen(2900) { a -> toConsent(a, fresh()) },
            "setup-about" to Screen(1500) { a -> toAbout(a, fresh()) },
            "assent-child" to Screen(1800) { a -> AssentView(a, family().child, AgeBand.Under13, Scope(counts = true)) { } },
            "assent-teen" to Screen(1800) { a -> AssentView(a, family().child, AgeBand.From13To15, Scope(counts = true)) { } },
            "assent-declined" to Screen { a ->
                val view = AssentView(a, family().child, AgeBand.Under13, Scope()) { }
                a.setContentView(view)
                view.press(R.id.lachan_family_second) { view.findViewById<View>(R.id.lachan_family_second) == null }
                view
            },
            "withdraw-child" to Screen(1600) { a -> WithdrawView(a, family().child, Party.Child, AgeBand.Under13) { } },
            "withdraw-guardian" to Screen(1600) { a -> WithdrawView(a, family().child, Party.Guardian, AgeBand.Under13) { } },
            "withdraw-done" to Screen { a ->
                val view = WithdrawView(a, family().child, Party.Child, AgeBand.Under13) { }
                a.setContentView(view)
                view.press(R.id.lachan_family_second) { view.findViewById<View>(R.id.lachan_family_second) == null }
                view
            },
            "shared-none" to Screen(1700) { a -> shared(a, family()) },
            "shared-numbers" to Screen(2600) { a -> shared(a, counted()) },
            "shared-not-asked" to Screen(1500) { a ->
                shared(a, runBlocking { TestFamily(random = SameEachTime()).meet() })
            },
            "shared-stopped" to Screen(1900) { a ->
                val view = shared(a, counted())
                view.findViewById<Switch>(R.id.lachan_family_counts)!!.isChecked = false
                await("it stopped") { view.findViewById<View>(R.id.lachan_family_message)?.isShown == true }
                view
            },
            "shared-code" to Screen(1500) { a ->
                val view = shared(a, counted())
                view.press(R.id.lachan_family_second) { view.findViewById<View>(R.id.lachan_family_code) != null }
                view
            },
            "report-choose" to Screen(2300) { a -> report(a) },
            "report-preview" to Screen(2900) { a -> previewed(a) },
            "report-sent" to Screen(1900) { a ->
                val view = previewed(a)
                view.press(R.id.lachan_family_main) { view.findViewById<View>(R.id.lachan_family_second) == null }
                view
            },
            "gate-pin" to Screen { a -> GateView(a, family().child, Purpose.Reveal, AgeBand.Under13, nobody) { } },
            "gate-request" to Screen(1500) { a ->
                val view = GateView(a, family().child, Purpose.Reveal, AgeBand.Under13, nobody) { }
                a.setContentView(view)
                view.press(R.id.lachan_family_second) { view.findViewById<View>(R.id.lachan_family_code) != null }
                view
            },
            "gate-wrong" to Screen { a ->
                val view = GateView(a, family().child, Purpose.Reveal, AgeBand.Under13, nobody) { }
                a.setContentView(view)
                for (attempt in 1..5) {
                    val message = view.findViewById<View>(R.id.lachan_family_message)!!
                    message.visibility = View.GONE
                    view.findViewById<EditText>(R.id.lachan_family_pin)!!.setText("11223$attempt")
                    view.press(R.id.lachan_family_main) { message.visibility == View.VISIBLE }
                }
                view
            },
        )

        private fun toAnswer(activity: Activity, family: TestFamily): View {
            val view = setup(activity, family, { family.guardian.offer().done() })
            view.press(R.id.lachan_family_main) { view.findViewById<View>(R.id.lachan_family_code) != null }
            return view
        }

        private fun toCompare(activity: Activity, family: TestFamily): View {
            val view = toAnswer(activity, family)
            view.press(R.id.lachan_family_main) { view.findViewById<View>(R.id.lachan_family_digits) != null }
            return view
        }

        private fun toConsent(activity: Activity, family: TestFamily): View {
            val view = toCompare(activity, family)
            view.press(R.id.lachan_family_main) { view.findViewById<View>(R.id.lachan_family_counts) != null }
            return view
        }

        private fun toAbout(activity: Activity, family: TestFamily): View {
            val view = toConsent(activity, family)
            view.press(R.id.lachan_family_main) { view.findViewById<View>(R.id.lachan_family_pin) != null }
            view.findViewById<EditText>(R.id.lachan_family_pin)!!.setText("123456")
            view.findViewById<EditText>(R.id.lachan_family_pin_again)!!.setText("123456")
            view.findViewById<EditText>(R.id.lachan_family_year)!!.setText("2015")
            val message = view.findViewById<View>(R.id.lachan_family_message)!!
            view.press(R.id.lachan_family_main) { message.visibility == View.VISIBLE }
            return view
        }
    }
}
