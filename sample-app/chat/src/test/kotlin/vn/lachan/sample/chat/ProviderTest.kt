package vn.lachan.sample.chat

import android.content.ContentResolver
import android.content.Context
import android.content.pm.ApplicationInfo
import android.content.pm.PackageInfo
import android.content.pm.PackageManager
import android.content.pm.Signature
import android.content.pm.SigningInfo
import android.net.Uri
import java.io.File
import java.io.FileNotFoundException
import kotlinx.coroutines.runBlocking
import org.junit.After
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertNotNull
import org.junit.Assert.assertNull
import org.junit.Assert.assertThrows
import org.junit.Assert.assertTrue
import org.junit.Before
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.Shadows.shadowOf
import org.robolectric.shadow.api.Shadow
import org.robolectric.shadows.ShadowBinder
import vn.lachan.guardian.FamilyProvider
import vn.lachan.guardian.TestLibrary

/** Other apps on the phone, through the doors that the manifest declares. */
@RunWith(RobolectricTestRunner::class)
class ProviderTest {
    private val app: Context = RuntimeEnvironment.getApplication()
    private val resolver: ContentResolver get() = app.contentResolver
    private val family = Uri.parse("content://vn.lachan.sample.chat.family")

    /** The one whose digest `res/values/family.xml` pins. */
    private val pinned = "a certificate of the sample apps' publisher".toByteArray()

    @Before
    fun aLibrary() = TestLibrary.use()

    @After
    fun ourselvesAgain() = ShadowBinder.reset()

    private fun callAs(name: String, certificate: ByteArray, uid: Int) {
        val signing = Shadow.newInstanceOf(SigningInfo::class.java)
        shadowOf(signing).setSignatures(arrayOf(Signature(certificate)))
        val info = PackageInfo().apply {
            packageName = name
            signingInfo = signing
            applicationInfo = ApplicationInfo().apply { packageName = name }
        }
        shadowOf(app.packageManager).installPackage(info)
        shadowOf(app.packageManager).setPackagesForUid(uid, name)
        ShadowBinder.setCallingUid(uid)
    }

    @Test
    fun anAppThatTheManifestPinsFollowsTheFamily() {
        callAs("org.example.game", pinned, 20_001)
        assertTrue(resolver.call(family, "count", "Nudity", null) != null)
        assertTrue("nobody has paired yet", resolver.call(family, "state", null, null) == null)
    }

    /** Without it the door stands there and opens to nobody, and nobody is told why. */
    @Test
    fun theManifestSaysWhoMayFollow() {
        val declared = app.packageManager.resolveContentProvider(family.authority!!, PackageManager.GET_META_DATA)!!
        val array = declared.metaData?.getInt(FamilyProvider.SIGNERS) ?: 0
        assertTrue("the provider has no meta-data ${FamilyProvider.SIGNERS}", array != 0)
        val digests = app.resources.getStringArray(array).toList()
        assertTrue("nobody is pinned", digests.isNotEmpty())
        for (digest in digests) assertTrue(digest, Regex("[0-9a-fA-F]{64}").matches(digest))
    }

    @Test
    fun aStrangersAppLearnsNothing() {
        callAs("org.stranger", "another certificate".toByteArray(), 20_002)
        for (method in listOf("state", "count", "anything")) {
            assertThrows(method, SecurityException::class.java) { resolver.call(family, method, "Nudity", null) }
        }
    }

    @Test
    fun nobodyElseIsLetIn() {
        val info = app.packageManager.getPackageInfo(app.packageName, PackageManager.GET_PROVIDERS or PackageManager.GET_PERMISSIONS)
        val doors = info.providers.orEmpty().associate { it.authority to it.exported }
        assertEquals(mapOf("vn.lachan.sample.chat.family" to true, "vn.lachan.sample.chat.packs" to false), doors)
        assertEquals("no network", listOf("android.permission.CAMERA"), info.requestedPermissions.orEmpty().toList())
    }

    @Test
    fun aPackIsReadByItsNameAndNothingElseIs(): Unit = runBlocking {
        val address = Packs.write(app, byteArrayOf(1, 2, 3))
        assertEquals(listOf<Byte>(1, 2, 3), resolver.openInputStream(address)!!.use { it.readBytes().toList() })
        assertThrows(FileNotFoundException::class.java) { resolver.openFileDescriptor(address, "w") }
        // There is something there that a name of another form would reach.
        File(app.cacheDir, "diary.lachan").writeText("dear diary")
        for (name in listOf("..%2Fdiary.lachan", "other.lachan", "x", "")) {
            val other = Uri.parse("content://vn.lachan.sample.chat.packs/$name")
            assertThrows(name, FileNotFoundException::class.java) { resolver.openInputStream(other) }
            assertNull(resolver.query(other, null, null, null, null))
        }
        resolver.query(address, null, null, null, null)!!.use {
            assertTrue(it.moveToFirst())
            assertNotNull(it.getString(0))
        }
        assertTrue(Packs.wipeable(app).wipe())
        assertFalse(Packs.find(app, address.lastPathSegment!!) != null)
    }
}
