package io.millrace.job.run;

import io.millrace.job.settings.ResolvedSettings;
import io.millrace.model.snapshot.WeightsFile;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** What makes a run the one it is: the settings that decide what is learned, and its input. */
public final class RunIdentity {

    /** May change when a run goes on: they decide how, not what. */
    private static final Set<String> OPERATIONAL =
            Set.of(
                    "kafka.bootstrap",
                    "kafka.transaction-timeout",
                    "checkpoint.interval",
                    "snapshots.keep",
                    "parallelism.source",
                    "parallelism.augment",
                    "parallelism.dealing");

    /** The file of weights that the run starts from, by its bytes. */
    public static final String INITIAL = "--init-from";

    private RunIdentity() {}

    /** By name; {@code input} are options that say what is read. */
    public static Map<String, String> of(
            String command, ResolvedSettings settings, Map<String, String> input) {
        Map<String, String> identity = new TreeMap<>(settings.asMap());
        identity.keySet().removeAll(OPERATIONAL);
        identity.put("command", command);
        identity.putAll(input);
        WeightsFile initial = settings.settings().learning().initial();
        if (initial != null) {
            // The same bytes elsewhere make the same run.
            identity.put(INITIAL, "a file of SHA-256 " + initial.sha256());
        }
        return identity;
    }
}
