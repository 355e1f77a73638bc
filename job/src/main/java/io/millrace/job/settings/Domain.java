package io.millrace.job.settings;

import io.millrace.model.reference.ReferenceRules;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.util.TimeUtils;

/**
 * The values that a setting takes: how one is read and written, which are accepted, and one that
 * works.
 *
 * @param parse throws {@link IllegalArgumentException} for text that is no value at all
 * @param print the inverse of parse
 * @param expected completes "expected ..."
 * @param example a value that parse and accepts agree with
 */
record Domain<T>(
        Function<String, T> parse,
        Predicate<T> accepts,
        Function<T, String> print,
        String expected,
        String example) {

    private static final Pattern LIST = Pattern.compile("[,;\\s]+");
    private static final Pattern TOPIC = Pattern.compile("[a-zA-Z0-9._-]{1,249}");

    static Domain<Integer> integer(int min, int max, int example) {
        return new Domain<>(
                Integer::valueOf,
                v -> v >= min && v <= max,
                String::valueOf,
                max == Integer.MAX_VALUE
                        ? "a whole number, at least " + min
                        : "a whole number from " + min + " to " + max,
                String.valueOf(example));
    }

    static Domain<Long> longInteger(long min, long example) {
        return new Domain<>(
                Long::valueOf,
                v -> v >= min,
                String::valueOf,
                min == Long.MIN_VALUE ? "a whole number" : "a whole number, at least " + min,
                String.valueOf(example));
    }

    /** Both ends belong to it. */
    static Domain<Double> number(double min, double max, double example) {
        String range = max == Double.MAX_VALUE ? "at least " + min : "from " + min + " to " + max;
        return numbers(v -> v >= min && v <= max, "a number " + range, example);
    }

    static Domain<Double> above(double min, double max, double example) {
        String upper = max == Double.MAX_VALUE ? "" : " and at most " + max;
        return numbers(v -> v > min && v <= max, "a number above " + min + upper, example);
    }

    static Domain<Double> fractionBelowOne(double example) {
        return numbers(v -> v >= 0 && v < 1, "a number from 0.0 to below 1.0", example);
    }

    private static Domain<Double> numbers(
            Predicate<Double> accepts, String expected, double example) {
        return new Domain<>(
                Double::valueOf, accepts, String::valueOf, expected, String.valueOf(example));
    }

    static Domain<Boolean> bool(boolean example) {
        return new Domain<>(
                Domain::parseBoolean,
                v -> true,
                String::valueOf,
                "true or false",
                String.valueOf(example));
    }

    private static Boolean parseBoolean(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new IllegalArgumentException("neither true nor false");
        };
    }

    /** Constants in kebab-case; underscores and any case are read as well. */
    static <E extends Enum<E>> Domain<E> choice(Class<E> type, E example) {
        List<E> constants = List.of(type.getEnumConstants());
        String names = constants.stream().map(Domain::kebab).collect(Collectors.joining(", "));
        return new Domain<>(
                text -> Enum.valueOf(type, text.replace('-', '_').toUpperCase(Locale.ROOT)),
                v -> true,
                Domain::kebab,
                "one of " + names,
                kebab(example));
    }

    private static String kebab(Enum<?> constant) {
        return constant.name().replace('_', '-').toLowerCase(Locale.ROOT);
    }

    static Domain<Duration> duration(Duration min, Duration example) {
        return new Domain<>(
                TimeUtils::parseDuration,
                v -> v.compareTo(min) >= 0,
                TimeUtils::formatWithHighestUnit,
                "a duration such as 30 s or 5 min, at least "
                        + TimeUtils.formatWithHighestUnit(min),
                TimeUtils.formatWithHighestUnit(example));
    }

    static Domain<MemorySize> memory(MemorySize max, String example) {
        return new Domain<>(
                MemorySize::parse,
                v -> v.getBytes() >= 1 && v.compareTo(max) <= 0,
                Domain::printMemory,
                "a size such as 512 kb or 32 mb, at most " + printMemory(max),
                example);
    }

    private static String printMemory(MemorySize size) {
        long bytes = size.getBytes();
        if (bytes % (1 << 20) == 0) {
            return (bytes >> 20) + " mb";
        }
        return bytes % (1 << 10) == 0 ? (bytes >> 10) + " kb" : bytes + " b";
    }

    static Domain<List<Integer>> counts(int maxSize, String example) {
        return new Domain<>(
                text -> list(text).map(Integer::valueOf).toList(),
                v -> !v.isEmpty() && v.size() <= maxSize && v.stream().allMatch(n -> n >= 1),
                v -> v.stream().map(String::valueOf).collect(Collectors.joining(",")),
                "one to " + maxSize + " positive counts, comma-separated",
                example);
    }

    static Domain<List<Double>> three(Predicate<Double> accepts, String expected, String example) {
        return new Domain<>(
                text -> list(text).map(Double::valueOf).toList(),
                v -> v.size() == 3 && v.stream().allMatch(accepts),
                v -> v.stream().map(String::valueOf).collect(Collectors.joining(",")),
                expected,
                example);
    }

    /** Fractions of a whole, in rising order. */
    static Domain<List<Double>> fractions(String example) {
        return new Domain<>(
                text -> list(text).map(Double::valueOf).toList(),
                v -> !v.isEmpty() && v.stream().allMatch(n -> n > 0 && n < 1) && isRising(v),
                v -> v.stream().map(String::valueOf).collect(Collectors.joining(",")),
                "rising fractions between 0 and 1, comma-separated",
                example);
    }

    private static boolean isRising(List<Double> values) {
        return values.equals(values.stream().sorted().distinct().toList());
    }

    /** One probability for both views, or the first view's and the second's. */
    static Domain<List<Double>> perView(String example) {
        return new Domain<>(
                text -> list(text).map(Double::valueOf).toList(),
                v -> (v.size() == 1 || v.size() == 2) && v.stream().allMatch(n -> n >= 0 && n <= 1),
                v -> v.stream().map(String::valueOf).collect(Collectors.joining(",")),
                "a number from 0.0 to 1.0, or two, comma-separated",
                example);
    }

    /** URI prefixes, as {@link ReferenceRules} takes them. */
    static Domain<List<String>> prefixes(String example) {
        return new Domain<>(
                text -> ReferenceRules.allowing(list(text).toList()).allow(),
                v -> true,
                v -> v.isEmpty() ? "[]" : String.join(",", v),
                "URI prefixes with scheme, host and a slash at the end, comma-separated",
                example);
    }

    private static Stream<String> list(String text) {
        String bare = text.strip().replaceAll("^\\[|]$", "").strip();
        return Arrays.stream(LIST.split(bare)).filter(s -> !s.isEmpty());
    }

    static Domain<String> topic(String example) {
        return matching(
                TOPIC,
                "a Kafka name: letters, digits, dot, dash, underscore, at most 249 of them",
                example);
    }

    static Domain<String> matching(Pattern pattern, String expected, String example) {
        return accepting(v -> pattern.matcher(v).matches(), expected, example);
    }

    static Domain<String> accepting(Predicate<String> accepts, String expected, String example) {
        return new Domain<>(Function.identity(), accepts, Function.identity(), expected, example);
    }
}
