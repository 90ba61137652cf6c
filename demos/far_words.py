"""The words about models on the Hub, English and Traditional Chinese."""

FAR = {
    "q_far": ("Whose models would you like to see?", "想看誰的模型？"),
    "lead_far": (
        "Models that were pushed with ganzoo stand on the Hub under their maker's name. Type a name, choose a model, and it "
        "is fetched onto this shelf; Create and Compare can then use it.",
        "用 ganzoo 推上 Hub 的模型，會放在作者的名字下。輸入名字、選一個模型，它就會下載到這裡，「創作」與「比較」也能使用。",
    ),
    "far_owner": ("User or organisation on the Hub", "Hub 上的使用者或組織"),
    "far_find": ("Find models", "尋找模型"),
    "far_fetch": ("Fetch {name} from the Hub", "從 Hub 下載 {name}"),
    "far_here": ("on this shelf", "已在這裡"),
    "far_asking": ("Asking the Hub …", "正在詢問 Hub……"),
    "far_none": (
        "{owner} has no models tagged ganzoo that you may see. Check the name, or push one: train with --push.",
        "{owner} 沒有標記 ganzoo 且你能看到的模型。請檢查名字，或在訓練時加上 --push 推一個上去。",
    ),
    "far_bad_owner": (
        "That is no name on the Hub. Type a user or an organisation, for example alice.",
        "這不是 Hub 上的名字。請輸入使用者或組織，例如 alice。",
    ),
    "far_no_hub": (
        "The Hub does not answer. Check the network; the models on this machine still work.",
        "Hub 沒有回應。請檢查網路；這台機器上的模型仍然可以使用。",
    ),
    "far_no_page": (
        "{name} is a model of the lesson {lesson}, for which there is no page here. Choose another.",
        "{name} 屬於 {lesson} 課程，這裡沒有它的頁面。請選另一個。",
    ),
}
