@file:Suppress("unused")

package vn.lachan.guardian.samples

import android.app.Activity
import android.content.Context
import android.graphics.Bitmap
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.async
import vn.lachan.AgeBand
import vn.lachan.LaChan
import vn.lachan.guardian.AssentView
import vn.lachan.guardian.Birth
import vn.lachan.guardian.ChildPhone
import vn.lachan.guardian.ConsentText
import vn.lachan.guardian.FamilyBridge
import vn.lachan.guardian.FamilyGate
import vn.lachan.guardian.FamilyProvider
import vn.lachan.guardian.FamilySetupView
import vn.lachan.guardian.FamilyState
import vn.lachan.guardian.GuardianPhone
import vn.lachan.guardian.Outcome
import vn.lachan.guardian.Packet
import vn.lachan.guardian.PacketScanner
import vn.lachan.guardian.Party
import vn.lachan.guardian.QrCode
import vn.lachan.guardian.Rules
import vn.lachan.guardian.Scope
import vn.lachan.guardian.SetupProgress
import vn.lachan.guardian.Wipeable
import vn.lachan.guardian.WithdrawView
import vn.lachan.guardian.getOrNull
import vn.lachan.ui.HostActions

// What stands between `// doc: NAME` and `// end` is shown in README.md of this module: DocumentsTest of `lachan` compares them.

internal fun showAndRead(offer: Packet, camera: Bitmap): Packet? {
    val picture = QrCode.draw(offer, size = 720)
    picture.recycle()
    return QrCode.read(camera)
}

internal suspend fun protectAChild(context: Context, offer: Packet, policy: Packet, shield: LaChan) {
    val phone = ChildPhone.open(context)
    phone.protect(shield)
    val paired = phone.pair(offer).getOrNull() ?: return
    val yes = paired.yes ?: return
    val words = ConsentText("vi", version = 1)
    phone.setBirth(Birth(2015, 9, 2), yes)
    phone.setPin("204817", yes)
    phone.consent(words, Scope(counts = true), yes)
    phone.receivePolicy(policy)
    // On the child's own screen, in its own words:
    phone.assent(words, Scope(counts = false))
}

internal suspend fun pairAndDecide(context: Context, answer: Packet): Packet? {
    val guardian = when (val opened = GuardianPhone.open(context)) {
        is Outcome.Refused -> return null
        is Outcome.Done -> opened.value ?: GuardianPhone.create(context).getOrNull()?.guardian ?: return null
    }
    val met = guardian.accept(answer).getOrNull() ?: return null
    return guardian.signPolicy(met.phone, Rules()).getOrNull()
}

internal fun askAGuardian(phone: ChildPhone, camera: PacketScanner): HostActions =
    HostActions(guardianGate = FamilyGate(phone, camera))

// doc: app-shield-family
internal class FamilyShield(context: Context, scope: CoroutineScope) {
    private val opening = scope.async(start = CoroutineStart.LAZY) {
        val family = ChildPhone.open(context)
        val shield = LaChan.open(context) { }
        family.protect(shield)
        family to shield
    }

    // Nobody gets it before it follows the family: until then it would say that protection is off.
    suspend fun shield(): LaChan = opening.await().second

    // Where it cannot be opened now it is tried again, and nobody gets one that knows nothing.
    suspend fun family(): ChildPhone? {
        val family = opening.await().first
        if (family.state.value is FamilyState.Unavailable) family.refresh()
        return family.takeIf { it.state.value !is FamilyState.Unavailable }
    }
}
// end

internal fun showFamily(
    activity: Activity, phone: ChildPhone, camera: PacketScanner, kept: SetupProgress, things: List<Wipeable>,
    next: () -> Unit, chat: () -> Unit, sayOutOfReach: () -> Unit,
) {
    // doc: family-states
    val age = phone.ageBand ?: AgeBand.Under13
    fun setUp() = FamilySetupView(activity, phone, camera, progress = kept) { next() }
    fun ask() = AssentView(activity, phone, age, phone.agreed.guardian ?: Scope()) { next() }
    fun goOnWiping() = WithdrawView(activity, phone, Party.Child, age, things) { next() }
    when (val state = phone.state.value) {
        is FamilyState.Unpaired -> activity.setContentView(setUp())
        is FamilyState.Waiting -> activity.setContentView(if (state.missing == Party.Guardian) setUp() else ask())
        is FamilyState.Active -> if (state.assentIsDue) activity.setContentView(ask()) else chat()
        is FamilyState.Withdrawn -> activity.setContentView(if (state.unfinished) goOnWiping() else setUp())
        is FamilyState.Unavailable -> sayOutOfReach()
    }
    // end
}

internal suspend fun tellFollowers(context: Context, phone: ChildPhone) {
    // doc: tell-followers
    phone.state.collect { FamilyProvider.notifyChanged(context, "${context.packageName}.family") }
    // end
}

// doc: follow-a-family
internal class FollowedShield(context: Context, scope: CoroutineScope, signer: String) {
    val bridge = FamilyBridge.open(context, "org.example.chat.family", setOf(signer))
    private val opening = scope.async(start = CoroutineStart.LAZY) {
        LaChan.open(context) { }.also { bridge.protect(it) }
    }

    suspend fun shield(): LaChan = opening.await()

    // When the app starts; later changes are noticed by themselves.
    suspend fun start() = bridge.refresh()
}
// end
