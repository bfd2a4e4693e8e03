package vn.lachan.ui

import android.content.Context
import java.util.concurrent.ConcurrentHashMap
import org.json.JSONArray
import org.json.JSONObject
import vn.lachan.AgeBand

/** The lessons of `bindings/words`, which the build has checked: see docs/formats/lessons.md. */
internal object BundledLessons : LessonSource {
    /** Findings whose lesson is that of a stage. */
    private val OF_FINDINGS = mapOf("gore" to "scary", "personal_info" to "private_data")

    private class Read(val lessons: JSONObject) {
        val keys: List<String> = lessons.keys().asSequence().toList()
    }

    /** By the configuration's languages: a resource is read once for each. */
    private val read = ConcurrentHashMap<String, Read>()

    override fun keys(context: Context): List<String> = read(context).keys

    override fun find(context: Context, key: String, age: AgeBand): Lesson? {
        val name = OF_FINDINGS[key] ?: key
        val card = read(context).lessons.optJSONObject(name)?.optJSONObject(band(age)) ?: return null
        return Lesson(
            name, card.getString("title"), card.getString("what"), card.getString("why"), card.getJSONArray("do").texts(),
            card.getJSONArray("check").let { all -> List(all.length()) { question(all.getJSONObject(it)) } },
        )
    }

    private fun question(data: JSONObject) =
        Question(data.getString("ask"), data.getJSONArray("choices").texts(), data.getInt("right"), data.getString("because"))

    private fun band(age: AgeBand): String = when (age) {
        AgeBand.Under13 -> "under13"
        AgeBand.From13To15 -> "from13to15"
        AgeBand.From16To17, AgeBand.Adult -> "from16to17"
    }

    private fun read(context: Context): Read = read.getOrPut(context.resources.configuration.locales.toLanguageTags()) {
        val text = context.resources.openRawResource(R.raw.lachan_lessons).use { it.readBytes().decodeToString() }
        Read(JSONObject(text).getJSONObject("lessons"))
    }

    private fun JSONArray.texts(): List<String> = List(length(), ::getString)
}
