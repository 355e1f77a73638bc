package io.millrace.job.settings;

import java.util.List;
import java.util.stream.Collectors;

/** Settings that cannot be used; holds every problem found, not only the first. */
public final class SettingsException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final transient List<SettingsProblem> problems;

    public SettingsException(List<SettingsProblem> problems) {
        super(describe(problems));
        this.problems = List.copyOf(problems);
    }

    public List<SettingsProblem> problems() {
        return problems;
    }

    private static String describe(List<SettingsProblem> problems) {
        if (problems.isEmpty()) {
            throw new IllegalArgumentException("no problem, no exception");
        }
        if (problems.size() == 1) {
            return problems.get(0).toString();
        }
        return problems.stream()
                .map(p -> "\n  " + p)
                .collect(Collectors.joining("", problems.size() + " settings are wrong:", ""));
    }
}
