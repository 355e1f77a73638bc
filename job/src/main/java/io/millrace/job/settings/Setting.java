package io.millrace.job.settings;

import static java.util.Objects.requireNonNull;

import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.ReadableConfig;

/** One key that a user may set: the option with its description, and the values it takes. */
public final class Setting<T> {

    private final ConfigOption<T> option;
    private final String description;
    private final Domain<T> domain;

    Setting(ConfigOption<T> option, String description, Domain<T> domain) {
        this.option = requireNonNull(option, "option").withDescription(description);
        this.description = requireNonNull(description, "description");
        this.domain = requireNonNull(domain, "domain");
        T example = domain.parse().apply(domain.example());
        if (!domain.accepts().test(example) || !domain.accepts().test(option.defaultValue())) {
            throw new IllegalArgumentException(
                    key() + ": its own default and example must be acceptable");
        }
    }

    public ConfigOption<T> option() {
        return option;
    }

    public String key() {
        return option.key();
    }

    /** What it is, what raising it does and costs, what it must agree with. */
    public String description() {
        return description;
    }

    /** Completes "expected ...". */
    public String expected() {
        return domain.expected();
    }

    /** A value that works. */
    public String example() {
        return domain.example();
    }

    /** The value in force, in the form it would be typed. */
    public String print(ReadableConfig config) {
        return domain.print().apply(config.get(option));
    }

    /** The default, in the form it would be typed. */
    public String printDefault() {
        return domain.print().apply(option.defaultValue());
    }

    /** Sets what the text says; false if it says no acceptable value. */
    boolean put(String text, Configuration target) {
        T value;
        try {
            value = domain.parse().apply(text.strip());
        } catch (IllegalArgumentException e) {
            return false;
        }
        if (!domain.accepts().test(value)) {
            return false;
        }
        target.set(option, value);
        return true;
    }
}
