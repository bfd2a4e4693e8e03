package vn.lachan.ui

import java.io.File
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import vn.lachan.screens.Goldens

/** Every screen on every phone looks as it did when somebody last looked at it. */
@RunWith(RobolectricTestRunner::class)
class GoldenTest {
    private val goldens = Goldens(
        File(System.getProperty("lachan.ui")),
        "mvn -f android/pom.xml -pl lachan-ui -am verify",
        LARGEST,
    )

    @Test
    fun everyScreenLooksAsAgreed() {
        for (phone in Phone.ALL) {
            for (screen in Screens.ALL.keys - Screens.CHECKED_ONLY) {
                phone.useFor(screen)
                Screens.show(screen).use { goldens.take("$screen-${phone.name}", it.draw()) }
            }
        }
        goldens.done()
    }

    private companion object {
        /** In bytes, all together. */
        const val LARGEST = 2_950_000L
    }
}
