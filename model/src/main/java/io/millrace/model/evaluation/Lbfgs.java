package io.millrace.model.evaluation;

import static java.util.Objects.requireNonNull;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;

/**
 * Minimises a smooth convex function by L-BFGS (Nocedal and Wright 2006, Numerical Optimization,
 * algorithms 7.4 and 7.5) with a line search that halves the step until the value falls enough
 * (Armijo's condition).
 */
final class Lbfgs {

    private static final int MEMORY = 20;
    private static final double ENOUGH = 1e-4;
    private static final double SHORTEST_STEP = 1e-10;

    /** What is minimised. */
    @FunctionalInterface
    interface Objective {
        /** Returns the value at x and overwrites the gradient. */
        double evaluate(double[] x, double[] gradient);
    }

    /**
     * Where the search ended.
     *
     * @param gradient the largest component of the gradient there, absolute
     * @param iterations steps taken
     */
    record Minimum(double[] x, double value, double gradient, int iterations) {
        Minimum {
            requireNonNull(x, "x");
        }
    }

    /** A step and the change of the gradient along it. */
    private record Pair(double[] step, double[] change, double product) {}

    private final Objective objective;
    private final Deque<Pair> pairs = new ArrayDeque<>(); // the newest first
    private double[] x;
    private double[] gradient;
    private double value;

    private Lbfgs(Objective objective, double[] start) {
        this.objective = objective;
        x = start.clone();
        gradient = new double[x.length];
        value = objective.evaluate(x, gradient);
    }

    /**
     * Searches until no component of the gradient exceeds the tolerance, no shorter step lowers the
     * value, or the iterations are used up.
     */
    static Minimum minimise(
            Objective objective, double[] start, double tolerance, int maxIterations) {
        var search = new Lbfgs(objective, start);
        int iterations = 0;
        while (iterations < maxIterations && largest(search.gradient) > tolerance) {
            if (!search.step()) {
                break;
            }
            iterations++;
        }
        return new Minimum(search.x, search.value, largest(search.gradient), iterations);
    }

    private boolean step() {
        double[] direction = direction();
        double slope = dot(gradient, direction);
        double length = pairs.isEmpty() ? Math.min(1, 1 / Math.sqrt(-slope)) : 1;
        for (; length > SHORTEST_STEP; length /= 2) {
            double[] next = new double[x.length];
            for (int i = 0; i < x.length; i++) {
                next[i] = x[i] + length * direction[i];
            }
            double[] nextGradient = new double[x.length];
            double nextValue = objective.evaluate(next, nextGradient);
            if (nextValue <= value + ENOUGH * length * slope) {
                remember(next, nextGradient);
                x = next;
                gradient = nextGradient;
                value = nextValue;
                return true;
            }
        }
        return false;
    }

    /** Minus the inverse Hessian, as far as the pairs tell it, times the gradient. */
    private double[] direction() {
        double[] q = gradient.clone();
        double[] shares = new double[pairs.size()];
        int place = 0;
        for (Pair pair : pairs) {
            shares[place] = dot(pair.step(), q) / pair.product();
            add(q, -shares[place], pair.change());
            place++;
        }
        if (!pairs.isEmpty()) {
            Pair newest = pairs.getFirst();
            scale(q, newest.product() / dot(newest.change(), newest.change()));
        }
        for (Iterator<Pair> oldest = pairs.descendingIterator(); oldest.hasNext(); ) {
            Pair pair = oldest.next();
            place--;
            add(q, shares[place] - dot(pair.change(), q) / pair.product(), pair.step());
        }
        scale(q, -1);
        return q;
    }

    private void remember(double[] next, double[] nextGradient) {
        double[] step = next.clone();
        add(step, -1, x);
        double[] change = nextGradient.clone();
        add(change, -1, gradient);
        double product = dot(step, change);
        if (product <= 0) {
            return; // rounding: a convex function's gradient grows along every step
        }
        pairs.addFirst(new Pair(step, change, product));
        if (pairs.size() > MEMORY) {
            pairs.removeLast();
        }
    }

    private static double largest(double[] values) {
        double largest = 0;
        for (double value : values) {
            largest = Math.max(largest, Math.abs(value));
        }
        return largest;
    }

    private static double dot(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }

    private static void add(double[] target, double factor, double[] values) {
        for (int i = 0; i < target.length; i++) {
            target[i] += factor * values[i];
        }
    }

    private static void scale(double[] target, double factor) {
        for (int i = 0; i < target.length; i++) {
            target[i] *= factor;
        }
    }
}
