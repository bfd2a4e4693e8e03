package vn.lachan.samples;

import android.content.Context;
import android.graphics.Bitmap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import vn.lachan.Conversation;
import vn.lachan.Direction;
import vn.lachan.LaChan;
import vn.lachan.LaChanAsync;
import vn.lachan.MessageCheck;
import vn.lachan.NotCheckedReason;
import vn.lachan.Policy;
import vn.lachan.Verdict;

/** Shown in docs/vi/integration.md and docs/en/integration.md; compiled with the tests so that they stay true. */
final class JavaSamples {
    private JavaSamples() {}

    static CompletableFuture<Verdict> check(Context context, Policy agreed, Bitmap bitmap) {
        // doc: java-check
        // null where nobody agreed: nothing runs
        CompletableFuture<LaChan> opening = LaChanAsync.open(context, c -> c.setPolicy(agreed));
        return opening.thenCompose(shield -> LaChanAsync.checkImage(shield, bitmap, Direction.Incoming));
        // end
    }

    static CompletableFuture<MessageCheck> lookAtDraft(Conversation talk, String draft) {
        // doc: java-draft
        return LaChanAsync.checkDraft(talk, draft);
        // end
    }

    static void use(Verdict verdict, Runnable show, Consumer<Verdict.Concern> warn, Consumer<NotCheckedReason> showWithCare) {
        // doc: java-verdict
        if (verdict instanceof Verdict.Clear) {
            show.run();
        } else if (verdict instanceof Verdict.Concern) {
            warn.accept((Verdict.Concern) verdict);
        } else if (verdict instanceof Verdict.NotChecked) {
            showWithCare.accept(((Verdict.NotChecked) verdict).getReason());
        }
        // end
    }
}
