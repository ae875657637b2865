# SPDX-License-Identifier: Apache-2.0
"""Ten cases of a day, with what was decided and why, for people to read."""
import random


def tell(cases, record):
    """cases: {case id: its facts}; record: GET /v1/cases/{id}. Of each type of case some, and as many decisions as there are."""
    chosen = {}
    for case_id in random.Random(7).sample(sorted(cases), len(cases)):
        said = last_of(cases[case_id])["CaseClassified"]
        chosen.setdefault((said["type"], said["decision"]), []).append(case_id)
    turns = [ids[turn] for turn in range(10) for _, ids in sorted(chosen.items()) if turn < len(ids)]
    return "\n\n".join(describe(case_id, cases[case_id], record(case_id)) for case_id in turns[:10]) + "\n"


def last_of(facts):
    """{name: fields of the last fact of that name}."""
    return {fact.name: fact.fields for fact in facts}


def describe(case_id, facts, record):
    said = last_of(facts)
    last, order = said["CaseClassified"], said.get("OrderLinked", {}).get("order")
    bought = f"{order['order_no']}, {order['lines'][0]['product']}" if order else "no order"
    lines = [f"Case {case_id[:8]} by {record['channel'].lower()}, {bought}"]
    lines += [f"  customer:   {fact.fields['text']}" for fact in facts if fact.name == "MessageReceived"]
    lines += [f"  understood: {record['type'].lower()} / {last['label']}, {record['decision'].lower()}, confidence"
              f" {last.get('confidence', 0):.2f}{', complaint' if last.get('is_complaint') else ''}, urgency"
              f" {last.get('urgency', 0)}, mood {last.get('sentiment', 0)}{', in warranty' if last.get('in_warranty') else ''}",
              f"  because:    {', '.join(reason['rule'] for reason in last.get('reasons', [])) or 'no rule fits'}",
              f"  priority:   {record['priority']}, {', '.join(said['CasePrioritised'].get('reasons', [])) or 'nothing adds points'}",
              f"  timed:      received {record['received_at']}, first response by {record['first_response_due_at']},"
              f" resolved by {record['resolution_due_at']}",
              f"  assigned:   {assignee(said.get('CaseAssigned'))}"]
    for name, who in (("QuestionAsked", "asked:"), ("AnswerGiven", "answered:")):
        lines += [f"  {who:11} {fact.fields['text']}" for fact in facts if fact.name == name]
    return "\n".join(lines)


def assignee(given):
    return f"{given['agent_id']}, for the skill {given.get('skill') or '(any)'}" if given else "nobody: answered without a person"
