# SPDX-License-Identifier: Apache-2.0
"""A shop's day, made up around customers' words: who they are, what they had bought, who works there.

The words of real customers lie outside the project, in ../shared/data/jddc; where they are not, words(n) makes up its own.
"""
import random

from publisher import DAY, moment, yuan
from servers import ROOT

WORDS = ROOT.parent / "shared/data/jddc/train.tsv"
SHOP = "s-day"
PRODUCTS = [("扫地机器人", 159900, 24), ("空调", 259900, 72), ("手机", 399900, 12), ("显示器", 89900, 36), ("电饭煲", 29900, 12),
            ("洗衣机", 189900, 36), ("耳机", 19900, 12), ("笔记本电脑", 549900, 24)]
ASKED = ["订单{n}的快递到哪了", "买的{p}第{n}天就坏了，怎么保修", "我要投诉，{n}天了没人理我", "发票{n}怎么开", "能把订单{n}取消吗",
         "{p}屏幕碎了，要退货 {n}", "退款{n}什么时候到账", "where is my parcel {n}", "my {p} does not work, order {n}", "谢谢{n}"]
TIERS = ["STANDARD"] * 12 + ["SILVER"] * 4 + ["GOLD"] * 3 + ["VIP"]
SKILLS = [["repair", "inquiry"], ["return_exchange", "inquiry"], ["complaint", "inquiry", "repair"], []]


def words(count):
    """(texts, whether they are real): real customers' where the data is, else our own."""
    if WORDS.exists():
        lines = WORDS.read_text(encoding="utf-8").splitlines()
        real = [line.split("\t", 1)[1].strip() for line in lines if "\t" in line]
        return random.Random(3).sample([text for text in real if text], count), True
    return [made_up(n) for n in range(count)], False


def made_up(n):
    return ASKED[n % len(ASKED)].format(n=n, p=PRODUCTS[n % len(PRODUCTS)][0])



def day(count, agents, capacity):
    """{"agents": [...], "customers": [...], "orders": [...], "messages": [...]}, seeded: the fields of each record. A
    conversation has one to three messages, and most have an order."""
    chance, texts, conversations = random.Random(4), words(count)[0], 0
    made = {"agents": [agent(n, capacity) for n in range(agents)], "customers": [], "orders": [], "messages": []}
    while texts:
        conversations += 1
        own = [texts.pop() for _ in range(min(len(texts), chance.choice([1, 1, 1, 2, 2, 3])))]
        customer, order_no = f"day-c-{conversations // 2}", f"DAY{conversations:06}" if chance.random() < 0.8 else ""
        if conversations % 2 == 0:
            made["customers"].append({"customer_id": customer, "shop_id": SHOP, "updated_at": moment(DAY),
                                      "tier": f"CUSTOMER_TIER_{chance.choice(TIERS)}"})
        if order_no:
            made["orders"].append({"order": order(chance, order_no, customer)})
        channel = chance.choice(["CHAT", "CHAT", "APP", "EMAIL", "MARKETPLACE"])
        for text in own:
            made["messages"].append({
                "message_id": f"day-{len(made['messages'])}", "conversation_id": f"day-{conversations}", "shop_id": SHOP,
                "channel": f"CHANNEL_{channel}", "customer_id": customer, "order_no": order_no, "text": text})
    return made


def agent(n, capacity):
    return {"agent_id": f"day-a-{n}", "name": f"客服{n}", "presence": "PRESENCE_ONLINE", "skills": SKILLS[n % len(SKILLS)],
            "languages": ["LANGUAGE_ZH_CN", "LANGUAGE_EN"], "capacity": capacity, "level": 1 + n % 3, "updated_at": moment()}


def order(chance, order_no, customer):
    product, price, months = chance.choice(PRODUCTS)
    days = chance.choice([1, 2, 4, 6, 20, 90, 400])
    made = {"order_no": order_no, "shop_id": SHOP, "customer_id": customer, "business_model": "BUSINESS_MODEL_B2C",
            "lines": [{"line_no": 1, "sku": f"sku-{price}", "product": product, "quantity": 1, "warranty_months": months,
                       "price": yuan(price), "goods_kind": "GOODS_KIND_PHYSICAL"}],
            "paid": yuan(price), "placed_at": moment(days * DAY), "paid_at": moment(days * DAY),
            "updated_at": moment(3600)}
    if days > 1:
        made |= {"shipped_at": moment((days - 1) * DAY), "waybill": f"SF{order_no}", "carrier": "SF Express"}
    if days > 2:
        made["delivered_at"] = moment((days - 2) * DAY)
    return made
