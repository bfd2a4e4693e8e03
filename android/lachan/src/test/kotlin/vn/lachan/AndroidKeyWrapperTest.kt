package vn.lachan

import android.content.pm.PackageManager
import android.hardware.security.keymint.ErrorCode
import android.os.Build
import android.security.KeyStoreException
import android.security.keystore.KeyGenParameterSpec
import android.security.keystore.StrongBoxUnavailableException
import android.system.keystore2.ResponseCode
import java.io.InputStream
import java.io.OutputStream
import java.security.GeneralSecurityException
import java.security.Key
import java.security.KeyStoreSpi
import java.security.Provider
import java.security.ProviderException
import java.security.SecureRandom
import java.security.Security
import java.security.UnrecoverableKeyException
import java.security.cert.Certificate
import java.security.spec.AlgorithmParameterSpec
import java.util.Collections
import java.util.Date
import java.util.Enumeration
import javax.crypto.KeyGenerator
import javax.crypto.KeyGeneratorSpi
import javax.crypto.SecretKey
import org.junit.After
import org.junit.Assert.assertArrayEquals
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertNull
import org.junit.Assert.assertThrows
import org.junit.Before
import org.junit.Rule
import org.junit.Test
import org.junit.rules.TemporaryFolder
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.Shadows.shadowOf
import vn.lachan.internal.AndroidKeyWrapper
import vn.lachan.internal.KeyBox
import vn.lachan.internal.Log

/** The Android key store, played by a provider of the same name. */
@RunWith(RobolectricTestRunner::class)
class AndroidKeyWrapperTest {
    @get:Rule
    val folder = TemporaryFolder()

    private val wrapper get() = AndroidKeyWrapper(RuntimeEnvironment.getApplication())
    private val key = ByteArray(32) { it.toByte() }

    private fun on(system: Int) = AndroidKeyWrapper(RuntimeEnvironment.getApplication()) { system }

    @Before
    fun plugIn() {
        FakeStore.keys.clear()
        FakeStore.says = null
        FakeStore.deadFor = 0
        FakeStore.refusesStrongBox = false
        FakeStore.strongBoxIsBusy = false
        FakeStore.specs.clear()
        Security.addProvider(FakeProvider())
    }

    @After
    fun pullOut() = Security.removeProvider("AndroidKeyStore")

    @Test
    fun `what is wrapped is hidden and comes back`() {
        val wrapped = wrapper.wrap(key)
        assertFalse(wrapped.toList().windowed(8).any { it == key.toList().take(8) })
        assertArrayEquals(key, wrapper.unwrap(wrapped))
        assertFalse("a nonce is never used twice", wrapped.contentEquals(wrapper.wrap(key)))
        assertEquals("one key is enough", 1, FakeStore.specs.size)
    }

    @Test
    fun `what was changed, cut or wrapped by a lost key is refused`() {
        val wrapped = wrapper.wrap(key)
        val changed = wrapped.copyOf().also { it[it.size - 1] = (it.last() + 1).toByte() }
        for (bad in listOf(changed, wrapped.copyOf(5), ByteArray(0), byteArrayOf(0), byteArrayOf(-1, 1), ByteArray(60) { 100 })) {
            assertThrows(GeneralSecurityException::class.java) { wrapper.unwrap(bad) }
        }
        FakeStore.keys.clear()
        assertThrows(GeneralSecurityException::class.java) { wrapper.unwrap(wrapped) }
    }

    /** As the key store says it: wrapped in what also tells of a lost key. */
    @Test
    fun `a service that died or is busy is no lost key`() {
        val wrapped = wrapper.wrap(key)
        for (passing in listOf(ResponseCode.SYSTEM_ERROR, ErrorCode.SECURE_HW_BUSY)) {
            FakeStore.says = passing
            assertThrows("$passing", ProviderException::class.java) { wrapper.unwrap(wrapped) }
        }
        for (lost in listOf(ResponseCode.VALUE_CORRUPTED, ErrorCode.INVALID_KEY_BLOB)) {
            FakeStore.says = lost
            assertThrows("$lost", GeneralSecurityException::class.java) { wrapper.unwrap(wrapped) }
        }
        FakeStore.says = null
        assertArrayEquals(key, wrapper.unwrap(wrapped))
    }

    /** Before API 33 it is not said, and before 31 a store whose service died has no keys at all. */
    @Test
    fun `on an older system, too, a service that died or is busy is no lost key`() {
        for (system in listOf(Build.VERSION_CODES.N, Build.VERSION_CODES.R, Build.VERSION_CODES.S_V2)) {
            val old = on(system)
            val wrapped = old.wrap(key)
            for (answer in listOf(null, ResponseCode.SYSTEM_ERROR)) {
                FakeStore.says = answer
                FakeStore.deadFor = LONG
                assertThrows("$system $answer", ProviderException::class.java) { old.unwrap(wrapped) }
            }
            FakeStore.says = null
            // It is there again when it is asked for a second time.
            FakeStore.deadFor = 1
            assertArrayEquals("$system", key, old.unwrap(wrapped))
            FakeStore.says = ErrorCode.INVALID_KEY_BLOB
            assertThrows("$system", GeneralSecurityException::class.java) { old.unwrap(wrapped) }
            FakeStore.says = null
            FakeStore.keys.clear()
            assertThrows("$system", GeneralSecurityException::class.java) { old.unwrap(wrapped) }
        }
    }

    @Test
    fun `on an older system a security chip that is busy is no lost key either`() {
        shadowOf(RuntimeEnvironment.getApplication().packageManager)
            .setSystemFeature(PackageManager.FEATURE_STRONGBOX_KEYSTORE, true)
        val old = on(Build.VERSION_CODES.P)
        val wrapped = old.wrap(key)
        FakeStore.says = ErrorCode.SECURE_HW_BUSY
        FakeStore.strongBoxIsBusy = true
        assertThrows(ProviderException::class.java) { old.unwrap(wrapped) }
    }

    @Test
    fun `on an older system a key is lost also where the security chip never makes one`() {
        shadowOf(RuntimeEnvironment.getApplication().packageManager)
            .setSystemFeature(PackageManager.FEATURE_STRONGBOX_KEYSTORE, true)
        FakeStore.refusesStrongBox = true
        val old = on(Build.VERSION_CODES.P)
        val wrapped = old.wrap(key)
        assertArrayEquals(key, old.unwrap(wrapped))
        FakeStore.says = ErrorCode.INVALID_KEY_BLOB
        assertThrows(GeneralSecurityException::class.java) { old.unwrap(wrapped) }
    }

    @Test
    fun `a service that died for a moment makes no key in the place of the one that wraps`() {
        val old = on(Build.VERSION_CODES.R)
        val wrapped = old.wrap(key)
        FakeStore.deadFor = 1
        assertArrayEquals(key, old.unwrap(old.wrap(key)))
        FakeStore.deadFor = 2
        assertThrows(ProviderException::class.java) { old.wrap(key) }
        assertArrayEquals("what it wrapped before opens", key, old.unwrap(wrapped))
    }

    @Test
    fun `on an older system a sealing key outlives a service that died`() {
        fun box() = KeyBox(folder.root, on(Build.VERSION_CODES.N), SecureRandom(), Log(null))
        val before = box().key()
        FakeStore.deadFor = LONG
        assertNull("it waits", box().key())
        FakeStore.deadFor = 0
        assertArrayEquals("and nothing has taken its place", before, box().key())
    }

    @Test
    fun `a security chip is used where there is one, and done without where it refuses`() {
        wrapper.wrap(key)
        assertEquals(listOf(false), FakeStore.specs.map { it.isStrongBoxBacked })
        shadowOf(RuntimeEnvironment.getApplication().packageManager)
            .setSystemFeature(PackageManager.FEATURE_STRONGBOX_KEYSTORE, true)
        FakeStore.keys.clear()
        FakeStore.specs.clear()
        wrapper.wrap(key)
        assertEquals(listOf(true), FakeStore.specs.map { it.isStrongBoxBacked })
        FakeStore.keys.clear()
        FakeStore.specs.clear()
        FakeStore.refusesStrongBox = true
        assertArrayEquals(key, wrapper.unwrap(wrapper.wrap(key)))
        assertEquals(listOf(true, false), FakeStore.specs.map { it.isStrongBoxBacked })
    }

    private companion object {
        /** More questions than any call asks. */
        const val LONG = 100
    }
}

@Suppress("DEPRECATION") // The constructor that Java 8 has, too.
internal class FakeProvider : Provider("AndroidKeyStore", 1.0, "stands in for the phone's") {
    init {
        put("KeyStore.AndroidKeyStore", FakeStore::class.java.name)
        put("KeyGenerator.AES", FakeGenerator::class.java.name)
    }
}

internal class FakeGenerator : KeyGeneratorSpi() {
    private lateinit var spec: KeyGenParameterSpec

    override fun engineInit(random: SecureRandom?) = Unit

    override fun engineInit(params: AlgorithmParameterSpec, random: SecureRandom?) {
        spec = params as KeyGenParameterSpec
        FakeStore.specs += spec
    }

    override fun engineInit(keysize: Int, random: SecureRandom?) = Unit

    override fun engineGenerateKey(): SecretKey {
        if (FakeStore.isDead()) throw ProviderException()
        if (spec.isStrongBoxBacked && FakeStore.refusesStrongBox) throw StrongBoxUnavailableException()
        if (spec.isStrongBoxBacked && FakeStore.strongBoxIsBusy) throw ProviderException()
        val generator = KeyGenerator.getInstance("AES", "SunJCE")
        generator.init(spec.keySize)
        return generator.generateKey().also { FakeStore.keys[spec.keystoreAlias] = it }
    }
}

internal class FakeStore : KeyStoreSpi() {
    override fun engineGetKey(alias: String, password: CharArray?): Key? {
        says?.let { throw UnrecoverableKeyException().initCause(KeyStoreException(it, "")) }
        return if (isDead()) null else keys[alias]
    }

    override fun engineGetCertificateChain(alias: String): Array<Certificate>? = null
    override fun engineGetCertificate(alias: String): Certificate? = null
    override fun engineGetCreationDate(alias: String): Date? = null
    override fun engineSetKeyEntry(alias: String, key: Key, password: CharArray?, chain: Array<Certificate>?) = Unit
    override fun engineSetKeyEntry(alias: String, key: ByteArray, chain: Array<Certificate>?) = Unit
    override fun engineSetCertificateEntry(alias: String, cert: Certificate) = Unit
    override fun engineDeleteEntry(alias: String) = Unit
    override fun engineAliases(): Enumeration<String> = Collections.enumeration(keys.keys)
    override fun engineContainsAlias(alias: String): Boolean = alias in keys
    override fun engineSize(): Int = keys.size
    override fun engineIsKeyEntry(alias: String): Boolean = alias in keys
    override fun engineIsCertificateEntry(alias: String): Boolean = false
    override fun engineGetCertificateAlias(cert: Certificate): String? = null
    override fun engineStore(stream: OutputStream?, password: CharArray?) = Unit
    override fun engineLoad(stream: InputStream?, password: CharArray?) = Unit

    companion object {
        val keys = mutableMapOf<String, SecretKey>()
        val specs = mutableListOf<KeyGenParameterSpec>()
        var refusesStrongBox = false
        var strongBoxIsBusy = false

        /** What its service answers where it is asked for a key. */
        var says: Int? = null

        /** So many questions find that its service died: as before API 31, it has no keys then, and makes none. */
        var deadFor = 0

        fun isDead(): Boolean = (deadFor > 0).also { if (it) deadFor-- }
    }
}
