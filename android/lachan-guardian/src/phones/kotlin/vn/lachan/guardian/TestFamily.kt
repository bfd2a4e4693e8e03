package vn.lachan.guardian

import android.content.Context
import java.io.File
import java.security.SecureRandom
import kotlinx.coroutines.runBlocking
import org.junit.Assert.fail
import org.robolectric.RuntimeEnvironment
import vn.lachan.Checks
import vn.lachan.ffi.Now
import vn.lachan.guardian.internal.PhoneClock
import vn.lachan.guardian.internal.Surroundings
import vn.lachan.internal.AndroidHost
import vn.lachan.internal.KeyBox
import vn.lachan.internal.KeyWrapper
import vn.lachan.internal.Log
import vn.lachan.screens.settle

/** The library for this class loader: a JVM refuses one file to two of them. */
internal object TestLibrary {
    private val copy: File = File.createTempFile("liblachan", ".so").also {
        it.deleteOnExit()
        File(System.getProperty("lachan.library.built")!!).copyTo(it, overwrite = true)
    }

    fun use() {
        System.setProperty("lachan.library", copy.path)
    }
}

/** A phone's time: the clock can be set, the running time cannot. */
internal open class TestClock(
    /** 2026-01-01 12:00 in Việt Nam. */
    var wall: Long = 1_767_243_600,
) : PhoneClock {
    private var uptimeMillis = 60_000L
    private var boot = 1

    override fun now() = Now(wall.toULong(), uptimeMillis.toULong(), boot.toULong())

    /** Time passes with the phone running and its clock right. */
    fun pass(seconds: Long) {
        wall += seconds
        uptimeMillis += seconds * 1000
    }

    fun passDays(days: Int) = pass(days * DAY)

    /** The phone is started again. */
    fun restart() {
        boot += 1
        uptimeMillis = 5_000
    }

    private companion object {
        const val DAY = 24L * 3600
    }
}

/** A phone's side of a family in folders of its own. */
internal fun surroundings(files: File, name: String, clock: PhoneClock, random: SecureRandom, keyStore: KeyWrapper? = null) = Surroundings(
    File(files, name), File(files, "talks"), clock, random,
    KeyBox(File(files, "$name-key"), keyStore, SecureRandom(), Log(null)),
)

/** A guardian's phone and a child's, in folders of their own, with one clock. */
internal class TestFamily(val clock: TestClock = TestClock(), random: SecureRandom = SecureRandom(), keyStore: KeyWrapper? = null) {
    private val files = AndroidHost(RuntimeEnvironment.getApplication() as Context).privateFiles
    private val number = numbers++
    val childFolder = surroundings(files, "family$number", clock, random, keyStore)
    val guardianFolder = surroundings(files, "companion$number", clock, random, keyStore)
    lateinit var child: ChildPhone
    lateinit var guardian: GuardianPhone
    lateinit var words: RecoveryWords

    /** The child's phone's key. */
    val phone: String get() = guardian.children.value.single().phone

    suspend fun meet(): TestFamily {
        TestLibrary.use()
        child = ChildPhone.open(childFolder)
        val begun = GuardianPhone.create(guardianFolder).done()
        guardian = begun.guardian
        words = begun.words
        return this
    }

    /** Pairs, and gives the first yes. */
    suspend fun pair(): GuardianYes? {
        val paired = child.pair(guardian.offer().done()).done()
        val met = guardian.accept(paired.answer).done()
        check(met.digits == paired.digits)
        return paired.yes
    }

    /** An evening later: paired, agreed, protected. The child turns 13 on 2026-03-01. */
    suspend fun agree(rules: Rules = Rules(shareCounts = true), birth: Birth = Birth(2013, 3, 1)): TestFamily {
        meet()
        return pairAndAgree(rules, birth)
    }

    /** After a withdrawal, in the same process. */
    suspend fun agreeAnew(rules: Rules = Rules(shareCounts = true)): TestFamily {
        guardian.forget(phone).done()
        return pairAndAgree(rules, Birth(2013, 3, 1))
    }

    private suspend fun pairAndAgree(rules: Rules, birth: Birth): TestFamily {
        val yes = pair()!!
        child.setBirth(birth, yes).done()
        child.setPin(PIN, yes).done()
        child.consent(TEXT, EVERYTHING, yes).done()
        child.receivePolicy(guardian.signPolicy(phone, rules).done()).done()
        child.assent(TEXT, EVERYTHING).done()
        return this
    }

    suspend fun restart(): ChildPhone {
        child = ChildPhone.restart(childFolder)
        return child
    }

    /** All files of the child's app in the folder that no backup takes. */
    fun left(): Set<String> = filesWithout(guardianFolder)

    companion object {
        const val PIN = "204817"
        val TEXT = ConsentText("vi", 1)
        val EVERYTHING = Scope(Checks(gore = true), counts = true)
        private var numbers = 0
    }
}

/** All files in the folder that no backup takes, but those of the guardian's phone, which lies on the same machine. */
internal fun filesWithout(guardian: Surroundings): Set<String> {
    val all = RuntimeEnvironment.getApplication().noBackupFilesDir
    val others = listOf(guardian.folder, File("${guardian.folder.path}-key"))
    return all.walk().filter { file -> file.isFile && others.none { file.startsWith(it) } }.map { it.relativeTo(all).path }.toSet()
}

/** The same bytes in the same order each time, so that keys and their codes look the same. */
internal class SameEachTime : SecureRandom() {
    private var next = 0

    override fun nextBytes(bytes: ByteArray) {
        next += 1
        for (at in bytes.indices) bytes[at] = (next * 31 + at * 7).toByte()
    }
}

internal fun <T> Outcome<T>.done(): T = when (this) {
    is Outcome.Done -> value
    is Outcome.Refused -> throw AssertionError("refused: $refusal, $why")
}

internal fun Outcome<*>.refusal(): Refusal? = (this as? Outcome.Refused)?.refusal

/** Runs the main thread until [condition] holds; where it never does, the failure says what is [seen] instead. */
internal fun await(what: String, seen: () -> String = { "" }, condition: () -> Boolean) {
    val end = System.nanoTime() + 20_000_000_000L
    while (!condition()) {
        if (System.nanoTime() >= end) fail("waited in vain until $what ${seen()}")
        settle()
        Thread.sleep(5)
    }
}

internal fun blocking(test: suspend () -> Unit) = runBlocking { test() }
