package io.millrace.job.settings;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** All settings there are, in the order of the documentation. */
public final class Vocabulary {

    private static final Map<String, Setting<?>> BY_KEY = collect();

    private Vocabulary() {}

    public static Collection<Setting<?>> settings() {
        return BY_KEY.values();
    }

    public static Optional<Setting<?>> find(String key) {
        return Optional.ofNullable(BY_KEY.get(key));
    }

    /** The known key that takes the fewest edits to reach; its last part alone may match too. */
    static String nearest(String key) {
        String plain = plain(key);
        return BY_KEY.keySet().stream()
                .min(Comparator.comparingInt(known -> distance(plain, known)))
                .orElseThrow();
    }

    private static int distance(String plain, String known) {
        int whole = edits(plain, plain(known));
        int tail = edits(plain, plain(known.substring(known.indexOf('.') + 1))) + 1;
        return Math.min(whole, tail);
    }

    private static String plain(String key) {
        return key.replaceAll("[-_.]", "").toLowerCase(Locale.ROOT);
    }

    /** Levenshtein's distance. */
    private static int edits(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[b.length()];
    }

    private static Map<String, Setting<?>> collect() {
        List<Setting<?>> all = new ArrayList<>();
        all.addAll(EncoderOptions.ALL);
        all.addAll(TrainingOptions.ALL);
        all.addAll(ContrastOptions.ALL);
        all.addAll(ScheduleOptions.ALL);
        all.addAll(ViewOptions.ALL);
        all.addAll(RunOptions.ALL);
        all.addAll(StreamOptions.ALL);
        all.addAll(ReplayOptions.ALL);
        Map<String, Setting<?>> byKey = new LinkedHashMap<>();
        all.forEach(setting -> byKey.put(setting.key(), setting));
        return byKey;
    }
}
