package vn.lachan.guardian.internal

import android.os.Bundle
import java.security.MessageDigest
import vn.lachan.AgeBand
import vn.lachan.Checks
import vn.lachan.Policy
import vn.lachan.Protection
import vn.lachan.Reveal
import vn.lachan.RevealRules
import vn.lachan.guardian.FamilyState

/** Version of the form in which apps on one phone tell each other the policy. */
private const val FORM = 1

/** The flags of a policy in the order of [flags]. */
private const val FLAGS = 8

/** Set where the family was ended: the others then forget what they have. */
private const val WITHDRAWN = "withdrawn"

/** Of which family it is, for those who did not ask while it was ended. Nothing in the form before, which is read as well. */
private const val FAMILY = "family"

/** 64 bits: no two families of one phone meet by chance. */
private const val MARK_DIGITS = 16

/** @param mark of the family, see [markOf] */
internal fun FamilyState.toBundle(mark: String? = null): Bundle? {
    // Where it was emptied by whoever cleared the app's data, there is nothing to tell: the others keep what they have. So they
    // do where the family cannot be read now, but then they are told something: a word without a policy is a fault.
    if (this is FamilyState.Unpaired) return null
    if (this is FamilyState.Unavailable) return Bundle()
    return Bundle().apply {
        putString("policy", policy.toText())
        putBoolean(WITHDRAWN, this@toBundle is FamilyState.Withdrawn)
        mark?.let { putString(FAMILY, it) }
    }
}

internal fun policyOf(bundle: Bundle?): Policy? = bundle?.getString("policy")?.let(::policyOf)

/** Somebody took consent back, and nobody has agreed since. */
internal fun isWithdrawn(bundle: Bundle?): Boolean = bundle?.getBoolean(WITHDRAWN) == true

/** `null` where it is not told: then nobody knows whether it is another family than before. */
internal fun familyOf(bundle: Bundle?): String? = bundle?.getString(FAMILY)?.takeIf { it.matches(Regex("[0-9a-f]{$MARK_DIGITS}")) }

/**
 * What other apps know a family by. The key of the child's phone is made when a guardian pairs and destroyed by a withdrawal, so
 * another mark says that the family which they knew has ended; a hash of it says nothing else.
 */
internal fun markOf(publicKey: String): String =
    MessageDigest.getInstance("SHA-256").digest("lachan family $publicKey".toByteArray())
        .joinToString("") { "%02x".format(it) }.take(MARK_DIGITS)

/** One line of words, such as `1 Guided Under13 Freely 11111111`. */
internal fun Policy.toText(): String =
    listOf(FORM, protection, age, reveal.atLeast, flags().joinToString("") { if (it) "1" else "0" }).joinToString(" ")

private fun Policy.flags() = with(checks) {
    listOf(nudity, gore, grooming, knownImages, personalInfo, reveal.pin, reveal.companion, lessons)
}

/** `null` from anything else than [toText] writes. */
internal fun policyOf(text: String): Policy? {
    val parts = text.split(' ')
    if (parts.size != 5 || parts[0] != FORM.toString() || !parts[4].matches(Regex("[01]{$FLAGS}"))) return null
    val flags = parts[4].map { it == '1' }
    return Policy(
        Protection.values().firstOrNull { it.name == parts[1] } ?: return null,
        AgeBand.values().firstOrNull { it.name == parts[2] } ?: return null,
        Checks(flags[0], flags[1], flags[2], flags[3], flags[4]),
        RevealRules(Reveal.values().firstOrNull { it.name == parts[3] } ?: return null, flags[5], flags[6]),
        flags[7],
    )
}
