package vn.lachan.ui

import android.app.Activity
import android.app.Dialog
import android.graphics.Bitmap
import android.graphics.Canvas
import android.graphics.Color
import android.graphics.LinearGradient
import android.graphics.Paint
import android.graphics.RadialGradient
import android.graphics.Shader
import android.view.View
import android.view.ViewGroup
import android.widget.EditText
import android.widget.FrameLayout
import android.widget.LinearLayout
import android.widget.TextView
import org.robolectric.Robolectric
import org.robolectric.RuntimeEnvironment
import org.robolectric.android.controller.ActivityController
import vn.lachan.AgeBand
import vn.lachan.Checks
import vn.lachan.Direction
import vn.lachan.NotCheckedReason
import vn.lachan.Policy
import vn.lachan.Protection
import vn.lachan.screens.tree

/** One way in which a phone can be set up. */
internal data class Phone(val language: String, val night: Boolean, val large: Boolean, val width: Int = 320, val height: Int = 640) {
    val name: String = "$language-${if (night) "dark" else "light"}-${if (large) "2x" else "1x"}"

    fun use(density: String = "mdpi") = use(density, height)

    /** With large text the screen is made as long as the page, so that all of it is seen. */
    fun useFor(screen: String) = use("mdpi", if (!large) height else if (screen.startsWith("help") || screen == "checked" || screen == "lessons") LONGEST else LONG)

    private fun use(density: String, height: Int) {
        val region = if (language == "vi") "VN" else "US"
        val mode = if (night) "night" else "notnight"
        RuntimeEnvironment.setQualifiers("$language-r$region-w${width}dp-h${height}dp-$mode-$density")
        RuntimeEnvironment.setFontScale(if (large) 2f else 1f)
    }

    companion object {
        private const val LONG = 1520
        private const val LONGEST = 2500

        /** Language by light by text size, at the narrowest width that is supported. */
        val ALL: List<Phone> = listOf("vi", "en").flatMap { language ->
            listOf(false, true).flatMap { night -> listOf(false, true).map { Phone(language, night, it) } }
        }
    }
}

/** What is tapped where these words stand. */
internal fun View.row(words: String): View =
    tree().filterIsInstance<TextView>().first { it.text.toString() == words }.let { text ->
        generateSequence<View>(text) { it.parent as? View }.first { it.isClickable }
    }

/** A screen in an activity: what is to be seen is [view]. */
internal class Shown(val controller: ActivityController<Activity>, val view: View) : AutoCloseable {
    val activity: Activity get() = controller.get()

    /** What is on the screen: the activity, dimmed where something lies over it. */
    fun draw(): Bitmap {
        val below = activity.window.decorView
        val picture = Bitmap.createBitmap(below.width, below.height, Bitmap.Config.ARGB_8888)
        val canvas = Canvas(picture)
        below.draw(canvas)
        if (view !== below) {
            canvas.drawColor(Color.argb(128, 0, 0, 0))
            view.draw(canvas)
        }
        return picture
    }

    override fun close() {
        controller.pause().stop().destroy()
    }
}

/** Every screen of the module by name. */
internal object Screens {
    val ALL: Map<String, (Activity) -> Any> = mapOf(
        "picture-hidden" to { a -> chat(a, shielded(a)) },
        "picture-held-back" to { a -> chat(a, ShieldedImageView(a).apply { bind(photograph(), Samples.warning(Samples.known, AgeBand.Under13)) }) },
        "picture-shown" to { a -> chat(a, shielded(a)).also { reveal(it) } },
        "picture-unchecked" to { a -> chat(a, ShieldedImageView(a).apply { showUnchecked(photograph()) }) },
        "warning-incoming" to { a -> WarningSheet(a, Samples.warning(Samples.received, AgeBand.Under13)) {} },
        "warning-confirm" to { a -> WarningSheet(a, Samples.warning(Samples.received, AgeBand.From13To15)) {} to R.id.lachan_go_on },
        "warning-outgoing" to { a -> WarningSheet(a, Samples.warning(Samples.sending, AgeBand.Under13, Direction.Outgoing)) {} },
        "warning-forward" to { a ->
            WarningSheet(a, Samples.warning(Samples.passingOn, AgeBand.From13To15, Direction.Forward), HostActions(guardianGate = { _, _, _ -> })) {}
        },
        "warning-known" to { a -> WarningSheet(a, Samples.warning(Samples.known, AgeBand.From13To15)) {} },
        "warning-threat" to { a -> WarningSheet(a, Samples.warning(Samples.threat, AgeBand.From13To15), HostActions(canBlock = true)) {} },
        "tip-sharing" to ::sharing,
        "tip-secret" to ::secret,
        "tip-unchecked" to { a -> chat(a, MessageTip(a).apply { show(Samples.unchecked(NotCheckedReason.ModelUnavailable), Direction.Incoming, AgeBand.Under13) }) },
        "help" to { a -> HelpSheet(a, AgeBand.Under13) },
        "help-threat" to { a -> HelpSheet(a, AgeBand.From13To15, null, Samples.warning(Samples.threat, AgeBand.From13To15)) },
        "help-choosing" to { a -> HelpSheet(a, AgeBand.From13To15) to R.id.lachan_trusted_main },
        "help-report" to ::reporting,
        "lesson-card" to { a -> chat(a, LessonCard(a).apply { show("secrets", AgeBand.Under13) {} }) },
        "lesson" to { a -> LessonSheet(a, lesson(a, "secrets", AgeBand.Under13), AgeBand.Under13) },
        "lesson-question" to { a -> LessonSheet(a, lesson(a, "blackmail", AgeBand.From13To15), AgeBand.From13To15) to R.id.lachan_lesson_try },
        "lesson-answered" to { a -> answered(LessonView(a, lesson(a, "secrets", AgeBand.Under13), AgeBand.Under13) {}) },
        "lessons" to { a -> LessonsSheet(a, AgeBand.Under13) },
        "checked" to { a -> CheckedSheet(a, Policy(Protection.Guided, AgeBand.Under13, Checks())) },
    )

    /** So like another that a picture of its own would only weigh. */
    val CHECKED_ONLY: Set<String> = setOf("help-choosing", "lesson-card", "lesson-question")

    /** Screens with more around them, for the documentation. */
    private val DOCS: Map<String, (Activity) -> Any> = mapOf(
        "docs-warning" to { a ->
            a.setContentView(chat(a, shielded(a)))
            WarningSheet(a, Samples.warning(Samples.received, AgeBand.Under13)) {}
        },
        "docs-tip" to ::writing,
    )

    fun show(name: String): Shown = show(ALL[name] ?: DOCS.getValue(name))

    fun show(make: (Activity) -> Any): Shown {
        val controller = Robolectric.buildActivity(Activity::class.java)
        val activity = controller.get()
        val night = RuntimeEnvironment.getApplication().resources.configuration.isNightModeActive
        activity.setTheme(if (night) android.R.style.Theme_Material_NoActionBar else android.R.style.Theme_Material_Light_NoActionBar)
        controller.setup()
        activity.setContentView(chat(activity, bubble(activity, "…")))
        val made = make(activity)
        val (what, press) = if (made is Pair<*, *>) made.first to made.second as Int else made to null
        if (what is View) {
            activity.setContentView(what)
            settle()
            return Shown(controller, activity.window.decorView)
        }
        val dialog = what as Dialog
        dialog.show()
        settle()
        if (press != null) dialog.findViewById<View>(press)!!.performClick()
        settle()
        return Shown(controller, dialog.window!!.decorView)
    }

    fun settle() {
        org.robolectric.Shadows.shadowOf(android.os.Looper.getMainLooper()).idle()
    }

    /** Time enough to read what has come up: a tap before that is the second of a double tap. */
    fun read() = pass(2 * Reading.MILLIS)

    fun pass(millis: Long) {
        org.robolectric.Shadows.shadowOf(android.os.Looper.getMainLooper()).idleFor(java.time.Duration.ofMillis(millis))
    }

    /** Hills and a sun: a picture that anybody may see. */
    fun photograph(): Bitmap {
        val picture = Bitmap.createBitmap(480, 360, Bitmap.Config.ARGB_8888)
        val canvas = Canvas(picture)
        val paint = Paint(Paint.ANTI_ALIAS_FLAG)
        paint.shader = LinearGradient(0f, 0f, 0f, 260f, Color.rgb(120, 170, 214), Color.rgb(250, 214, 165), Shader.TileMode.CLAMP)
        canvas.drawPaint(paint)
        paint.shader = RadialGradient(350f, 120f, 60f, Color.rgb(255, 244, 200), Color.rgb(250, 190, 110), Shader.TileMode.CLAMP)
        canvas.drawCircle(350f, 120f, 52f, paint)
        paint.shader = null
        paint.color = Color.rgb(70, 122, 104)
        canvas.drawCircle(90f, 420f, 220f, paint)
        paint.color = Color.rgb(46, 96, 82)
        canvas.drawCircle(380f, 470f, 240f, paint)
        return picture
    }

    fun shielded(activity: Activity): ShieldedImageView =
        ShieldedImageView(activity).apply { bind(photograph(), Samples.warning(Samples.received.freely(), AgeBand.Under13)) }

    private fun vn.lachan.Verdict.Concern.freely() = copy(advice = advice.copy(reveal = vn.lachan.Reveal.Freely))

    private fun lesson(activity: Activity, key: String, age: AgeBand): Lesson = Lessons.find(activity, key, age)!!

    /** The other answer was chosen. */
    private fun answered(view: LessonView): View = view.apply {
        setBackgroundResource(R.drawable.lachan_full)
        part<View>(R.id.lachan_lesson_try).performClick()
        page.tree().filter { it.isClickable }.first().performClick()
    }

    /** What a report would hold. */
    private fun reporting(activity: Activity): View {
        val warning = Warning(Samples.received, Direction.Incoming, AgeBand.Under13, "item 7")
        val view = HelpView(activity, AgeBand.Under13, { _, _ -> }, warning)
        view.setBackgroundResource(R.drawable.lachan_full)
        view.row(activity.getString(R.string.lachan_actions_report)).performClick()
        return view
    }

    private fun reveal(root: View) {
        root.post { root.part<View>(R.id.lachan_shield_look).performClick() }
    }

    private fun colour(activity: Activity, attribute: Int) = LookContext.of(activity).attributeColor(attribute)

    /** A messenger's page around [view], as plain as can be. */
    private fun chat(activity: Activity, view: View, vararg below: View): View = LinearLayout(activity).apply {
        orientation = LinearLayout.VERTICAL
        setBackgroundColor(colour(activity, R.attr.lachanColorSurface))
        val edge = activity.px(16)
        setPadding(edge, activity.px(24), edge, edge)
        addView(bubble(activity, if (activity.resources.configuration.locales[0].language == "vi") "Xem cái này nè" else "Look at this"))
        val space = LinearLayout.LayoutParams(ViewGroup.LayoutParams.MATCH_PARENT, ViewGroup.LayoutParams.WRAP_CONTENT)
        space.topMargin = activity.px(10)
        addView(view, space)
        for (v in below) addView(v, LinearLayout.LayoutParams(space))
    }

    private fun bubble(activity: Activity, words: String): View = TextView(activity).apply {
        text = words
        textSize = 16f
        setTextColor(colour(activity, R.attr.lachanColorText))
        setBackgroundResource(0)
        background = LookContext.of(activity).getDrawable(R.drawable.lachan_card)
        setPadding(activity.px(16), activity.px(10), activity.px(16), activity.px(10))
        layoutParams = LinearLayout.LayoutParams(ViewGroup.LayoutParams.WRAP_CONTENT, ViewGroup.LayoutParams.WRAP_CONTENT)
    }

    private fun sharing(activity: Activity): View {
        val field = EditText(activity).apply {
            setText(Samples.DRAFT)
            textSize = 16f
            setTextColor(colour(activity, R.attr.lachanColorText))
            background = LookContext.of(activity).getDrawable(R.drawable.lachan_field)
            minHeight = activity.px(48)
            hint = "…"
            isCursorVisible = false
            setPadding(activity.px(14), activity.px(10), activity.px(14), activity.px(10))
        }
        val tip = MessageTip(activity)
        tip.attach(field)
        tip.show(Samples.sharingNumber, Direction.Outgoing, AgeBand.Under13)
        return chat(activity, field, tip)
    }

    /** A chat in which somebody asks too much and the child is about to answer. */
    private fun writing(activity: Activity): View {
        val page = sharing(activity) as LinearLayout
        page.removeViewAt(0)
        val theirs = listOf("hi bạn, mình cũng chơi Liên Quân nè", "cho mình xin số đt đi, mình gửi quà cho", "đừng nói ba mẹ nha")
        theirs.forEachIndexed { at, words ->
            val bubble = bubble(activity, words)
            (bubble.layoutParams as LinearLayout.LayoutParams).topMargin = activity.px(if (at == 0) 0 else 10)
            page.addView(bubble, at)
        }
        // The conversation above, what is being written at the lower edge.
        page.addView(View(activity), theirs.size, LinearLayout.LayoutParams(1, 0, 1f))
        page.setPadding(page.paddingLeft, page.paddingTop, page.paddingRight, activity.px(20))
        return page
    }

    private fun secret(activity: Activity): View {
        val tip = MessageTip(activity)
        tip.show(Samples.askedForSecret, Direction.Incoming, AgeBand.From13To15)
        tip.part<View>(R.id.lachan_tip_more).performClick()
        val words = if (activity.resources.configuration.locales[0].language == "vi") "đừng kể với ai nha, bí mật của 2 đứa mình" else "don't tell anybody, this is our secret"
        return chat(activity, bubble(activity, words), tip)
    }
}
