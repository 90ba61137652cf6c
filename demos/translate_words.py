"""The words of the tab Translate: (English, Traditional Chinese)."""

DOMAINS = {  # what models call their sides -> how a page does; a maker's own names stay as they are
    "horse": ("horse", "馬"),
    "zebra": ("zebra", "斑馬"),
    "facade": ("facade plan", "立面圖稿"),
    "town": ("town map", "市街圖"),
    "label": ("label map", "標籤圖"),
    "photo": ("photo", "照片"),
    "map": ("map", "地圖"),
    "aerial": ("aerial picture", "空照圖"),
}

TRANSLATE = {
    "tab_translate": ("Translate", "翻譯"),
    "q_translate": ("There, and back again: is it still the same picture?", "翻譯過去，再翻譯回來：還是同一張圖嗎？"),
    "lead_translate": (
        "Nobody ever showed these two creators (generators) a pair. One makes zebras of horses, the other horses of "
        "zebras; they learned because the way there and back has to end at the original.",
        "沒有人給過這兩位創作家（Generator）成對的圖。一位把馬變成斑馬，另一位把斑馬變成馬；"
        "它們學得會，是因為翻過去再翻回來，必須等於原來的圖。",
    ),
    "trl_direction": (
        "This model translates {directions}. Choose one of them.",
        "這個模型的方向是 {directions}。請選其中一個。",
    ),
    "trl_directions": ("Direction", "方向"),
    "trl_model": ("Model", "模型"),
    "trl_upload": ("Upload a picture", "上傳圖片"),
    "trl_drop": ("or drop or paste one", "也可以拖曳或貼上"),
    "trl_examples": ("Examples", "範例"),
    "trl_by_code": ("drawn by code", "程式畫的"),
    "trl_by_model": ("made by {name}", "{name} 的作品"),
    "trl_example_alt": ("Example: {kind}, {origin}", "範例：{kind}，{origin}"),
    # the row
    "trl_original": ("Original", "原圖"),
    "trl_there": ("There: {domain}", "翻過去：{domain}"),
    "trl_back": ("And back: {domain}", "翻回來：{domain}"),
    "trl_error": ("What was lost", "失去了什麼"),
    "trl_original_alt": ("The original, {width} by {height} pixels", "原圖，{width} × {height} 像素"),
    "trl_there_alt": ("The translation {direction}", "{direction} 的翻譯結果"),
    "trl_back_alt": ("The translation translated back", "再翻譯回來的結果"),
    "trl_error_alt": (
        "The difference between original and way back: mean {value} of 1",
        "原圖與翻回來的差異：平均 {value}（滿分 1）",
    ),
    "trl_says_code": (
        "Drawn by code. The model learned from photos, so a drawing shows how it works, not how well.",
        "這是程式畫的。模型學的是照片，所以畫出來的圖只能看原理，不能看功力。",
    ),
    "trl_says_drawn": ("What goes in: a drawing by code.", "放進去的圖：程式畫的。"),
    "trl_says_made": (
        "Made by our own {name}: neither a horse nor a zebra, so little should change.",
        "這是我們自己的 {name} 創作的：不是馬也不是斑馬，所以應該改變不多。",
    ),
    "trl_says_own": ("Your picture. It is not kept.", "你的圖。我們不會保存。"),
    "trl_says_there": ("What the creator of the other side makes of it.", "另一邊的創作家畫出來的樣子。"),
    "trl_says_back": ("The other creator sees only the picture before it.", "另一位創作家只看得到前面那一張。"),
    "trl_says_error": (
        "Dark: the same as the original. White: half the range off, or more.",
        "深色：和原圖一樣。白色：相差一半以上。",
    ),
    "trl_cycle": ("cycle error (L1, 0 to 1)", "循環誤差（L1，0 到 1）"),
    "trl_cycle_test": ("on real test pictures", "真實測試圖片的平均"),
    "trl_size": ("size", "尺寸"),
    "trl_took": ("There and back in {ms} ms on this machine", "在這台機器上，來回共 {ms} 毫秒"),
    "trl_by": ("{name}, {direction}, learned at {size} pixels", "{name}，{direction}，學習時是 {size} 像素"),
    "trl_download_of": ("Download: {what}", "下載：{what}"),
    "trl_one_way": (
        "This model knows only one way, so nothing comes back. Choose a model with both directions to see the cycle.",
        "這個模型只會單向翻譯，所以回不來。想看循環，請選雙向的模型。",
    ),
    "trl_shrunk": (
        "The picture was larger than {most} pixels, so it is translated at {width} × {height}.",
        "這張圖超過 {most} 像素，所以縮小成 {width} × {height} 來翻譯。",
    ),
    "trl_larger": (
        "The picture keeps its size. The model learned at {size} pixels, so in a picture this large it knows only details: "
        "a smaller copy often changes more.",
        "這張圖保持原來的大小。模型是用 {size} 像素學的，圖這麼大時它只認得細節；縮小一點，通常變化會更明顯。",
    ),
    "trl_no_model": (
        "No model that translates there and back is here yet. Train one with python train/cyclegan.py, or open one from the Hub.",
        "這裡還沒有能來回翻譯的模型。用 python train/cyclegan.py 訓練一個，或從 Hub 打開一個。",
    ),
    "trl_not_cycle": (
        "{name} does not translate there and back. Choose a CycleGAN model.",
        "{name} 不會來回翻譯。請選 CycleGAN 模型。",
    ),
    "trl_example": ("There is no such example. Choose one of those shown.", "沒有這個範例。請從畫面上的範例選一個。"),
    # two of them
    "q_trl_two": ("What has changed?", "哪裡變了？"),
    "lead_trl_two": ("Drag the line between the original and its translation.", "拖曳原圖與翻譯之間的線。"),
    "trl_slide": ("How much of the original is seen", "原圖露出多少"),
    # the critic
    "q_trl_heat": ("Does the critic believe it?", "鑑賞家相信嗎？"),
    "lead_trl_heat": (
        "Each side has a critic (discriminator) that knows only real pictures of that side. It gives every patch a score. "
        "Click a patch, or move with the arrow keys.",
        "兩邊各有一位鑑賞家（Discriminator），只認識自己那一邊的真圖，替每一塊評分。點一塊看看，也可以用方向鍵移動。",
    ),
    "trl_judged": ("Picture", "圖片"),
    "trl_asked": (
        "The critic is asked: is this a real {domain}? Mean score {score}.",
        "問鑑賞家：這是真的「{domain}」嗎？平均 {score} 分。",
    ),
    "trl_patch": (
        "Row {row}, column {column}: {score}. The score sees {field} × {field} pixels.",
        "第 {row} 列、第 {column} 行：{score} 分。這個分數看到 {field} × {field} 個像素。",
    ),
    "trl_no_critic": (
        "This model came without a critic for this picture. Choose another picture or model.",
        "這個模型沒有附上評這張圖的鑑賞家。請選別的圖或模型。",
    ),
    # a folder
    "q_trl_folder": ("A whole folder?", "整個資料夾一起？"),
    "lead_trl_folder": (
        "Choose several pictures or a zip; a zip with the translations comes back. Nothing is written to disk, nothing is kept.",
        "選好幾張圖或一個 zip，就會得到裝著翻譯結果的 zip。不會寫進硬碟，也不會保存。",
    ),
    "trl_choose": ("Choose pictures or a zip", "選圖片或 zip"),
    "trl_stop": ("Stop", "停止"),
    "trl_stopped": ("Stopped. Nothing was kept.", "已停止，沒有保存任何東西。"),
    "trl_reading": ("Reading …", "讀取中……"),
    "trl_progress": ("{done} of {count}: {name}", "第 {done} 張，共 {count} 張：{name}"),
    "trl_zip": ("Download the zip: {count} pictures, {size} MB", "下載 zip：{count} 張，{size} MB"),
    "trl_zip_took": ("{direction} in {seconds} s.", "{direction}，花了 {seconds} 秒。"),
    "trl_left_out": (
        "{count} left out, for they cannot be read as pictures: {names}",
        "有 {count} 個檔案讀不成圖片，已略過：{names}",
    ),
    "trl_zip_bad": ("This zip cannot be read. Pack the pictures again.", "讀不出這個 zip。請重新壓縮。"),
    "trl_zip_locked": (
        "This zip is locked with a password. Pack the pictures without one.",
        "這個 zip 有密碼。請不要加密碼再壓縮。",
    ),
    "trl_zip_many": (
        "{count} files are too many. Choose at most {most} at a time.",
        "{count} 個檔案太多了。一次最多 {most} 個。",
    ),
    "trl_zip_large": (
        "That is more than {most} MB. Choose fewer or smaller pictures.",
        "超過 {most} MB 了。請選少一點或小一點的圖。",
    ),
    "trl_zip_empty": (
        "There are no pictures in it. Choose PNG, JPEG, WebP, GIF or TIFF files.",
        "裡面沒有圖片。請選 PNG、JPEG、WebP、GIF 或 TIFF 檔。",
    ),
    "trl_working": ("Translating …", "翻譯中……"),
    # the zoo
    "lesson_cyclegan": ("CycleGAN", "CycleGAN 來回翻譯"),
    "zoo_translate": ("Open in Translate", "在「翻譯」打開"),
    "zoo_cycle": ("cycle error", "循環誤差"),
    "zoo_taken": ("taken for the other side", "被當成另一邊"),
}  # fmt: skip
