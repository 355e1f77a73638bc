package io.millrace.job.probe;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * The classes of an evaluation: those of the training images by name, numbers by value, then those
 * that only test images have, which nothing can recognise.
 *
 * @param names all classes
 * @param known how many of them have training images
 */
record ClassNames(List<String> names, int known) {

    private static final Comparator<String> ORDER =
            Comparator.comparing((String name) -> !name.matches("\\d{1,9}"))
                    .thenComparingInt(name -> name.matches("\\d{1,9}") ? Integer.parseInt(name) : 0)
                    .thenComparing(Comparator.naturalOrder());

    ClassNames {
        names = List.copyOf(names);
    }

    static ClassNames of(List<String> train, List<String> test) {
        Set<String> known = new TreeSet<>(ORDER);
        known.addAll(train);
        Set<String> more = new TreeSet<>(ORDER);
        more.addAll(test);
        Set<String> all = new LinkedHashSet<>(known);
        all.addAll(more);
        return new ClassNames(new ArrayList<>(all), known.size());
    }

    /** The class of each label, from 0. */
    int[] targets(List<String> labels) {
        Map<String, Integer> places = new HashMap<>();
        for (int place = 0; place < names.size(); place++) {
            places.put(names.get(place), place);
        }
        return labels.stream().mapToInt(places::get).toArray();
    }

    int count() {
        return names.size();
    }
}
