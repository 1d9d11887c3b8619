"""Ranking metrics by scikit-learn. Input: {"cases": [{"labels": [0|1], "scores": []}], "percentiles": [[values]]}."""
import json
import sys

import numpy as np
from sklearn import metrics


def judge(case):
    labels, scores = np.array(case["labels"]), np.array(case["scores"])
    false_positive, true_positive, thresholds = metrics.roc_curve(labels, scores, drop_intermediate=False)
    return {
        "auc": metrics.roc_auc_score(labels, scores),
        "averagePrecision": metrics.average_precision_score(labels, scores),
        "brier": metrics.brier_score_loss(labels, scores),
        "falsePositiveRates": false_positive.tolist(),
        "truePositiveRates": true_positive.tolist(),
        "thresholds": [None if np.isinf(x) else x for x in thresholds.tolist()],
    }


def macro(pair):
    """Macro over the columns of a label matrix."""
    labels, scores = np.array(pair["labels"]), np.array(pair["scores"])
    return {
        "auc": metrics.roc_auc_score(labels, scores, average="macro"),
        "averagePrecision": metrics.average_precision_score(labels, scores, average="macro"),
    }


def weighted(case):
    """AUC where film i counts times[patient[i]] times."""
    weights = np.array(case["times"])[np.array(case["patients"])]
    return metrics.roc_auc_score(case["labels"], case["scores"], sample_weight=weights)


request = json.load(sys.stdin)
json.dump(
    {
        "cases": [judge(case) for case in request["cases"]],
        "macro": macro(request["macro"]),
        "weighted": [weighted(case) for case in request["weighted"]],
        "percentiles": [np.percentile(values, [2.5, 97.5]).tolist() for values in request["percentiles"]],
    },
    sys.stdout,
    indent=1,
)
