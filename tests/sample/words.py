"""Invented phrases for the profiles: schools, conditions, languages and "About Me" sentences."""

SCHOOLS = [
    "Cedar Inlet College of East Asian Medicine",
    "Nine Rivers Institute of Acupuncture",
    "Harbor Light School of Oriental Medicine",
    "Prairie Meridian College",
    "Golden Cypress University of Traditional Medicine",
    "Lotus Ridge Academy of Acupuncture and Herbs",
]

CONDITIONS = [
    "Back pain", "Neck pain", "Migraine", "Headaches", "Anxiety", "Depression", "Insomnia", "Infertility",
    "Menopause", "Allergies", "Sciatica", "Digestive disorders", "Sports injuries", "Arthritis", "Stress",
    "chronic pain", "women's health", "IBS", "TMJ", "Pregnancy support", "Neuropathy", "Fatigue",
    "Cancer support", "PTSD", "fertility",
]  # fmt: skip

LANGUAGES = [
    "Mandarin",
    "Cantonese",
    "Korean",
    "Vietnamese",
    "Japanese",
    "Spanish",
    "French",
    "Russian",
    "Tagalog",
]

ABOUT_OPENINGS = [
    "My practice is small, and every visit lasts a full hour.",
    "I came to this medicine after years as a dance teacher.",
    "I have treated families in this town since I finished school.",
    "I welcome patients who have never tried needles before.",
    "Half of my patients come because a neighbor sent them.",
    "I trained in two traditions and use what fits the person in front of me.",
]

ABOUT_STYLES = [
    "I work with gentle Japanese-style needling and moxibustion.",
    "I combine acupuncture with cupping and gua sha.",
    "I use electroacupuncture for stubborn pain, and tui na for everything around it.",
    "I write custom herbal formulas beside the acupuncture.",
    "Ear acupuncture and short, frequent sessions are my main tools.",
    "I practice orthopedic acupuncture with trigger point needling.",
    "Shiatsu and other bodywork are part of most of my sessions.",
]

ABOUT_CLOSINGS = [
    "I am in network with Premera and Regence.",
    "I accept Aetna and Cigna and give receipts for all other plans.",
    "I do not bill insurance, and I offer a sliding scale.",
    "Blue Cross plans are welcome.",
    "I see veterans through the VA community care program.",
    "Evening hours are available on Tuesdays.",
]

STUCK_CREDENTIALS = ["L.Ac.", "DACM, L.Ac.", "LAc", "Mspt, L. Ac", "Daom", "MSOM, LAc", "Phd, L.Ac."]

REGISTRY_CREDENTIALS = [
    "L.Ac.", "LAC", "L.AC.", "LAc", "MSOM, L.Ac.", "DACM, LAC", "MAcOM", "Dipl.Ac., L.Ac.", "LIC. AC.",
    "", "",
]  # fmt: skip

CHOSEN_NAMES = {"F": ["AMY", "GRACE", "JENNY", "LUCY"], "M": ["KEVIN", "DAVID", "PAUL", "HENRY"]}
