using System.Collections.Frozen;
using System.Globalization;
using System.Text;

namespace Transformer.Compiled.Tokenization;

/// <summary>
/// What is left of a character after canonical decomposition (NFD) when nonspacing marks are dropped. The run-time's own
/// normalisation does nothing where globalization is invariant, so the table is carried here: of Unicode 14.0.0, without
/// Hangul syllables, whose decomposition is arithmetic (the Unicode Standard, section 3.12).
/// </summary>
internal static class CanonicalBases
{
    private const int FirstSyllable = 0xAC00;
    private const int Syllables = 11172;
    private const int Vowels = 21;
    private const int Finals = 28;

    /// <summary>Runs: the first code point, a space, and what is left of it and of those that follow.</summary>
    private const string Table =
        "C0 AAAAAA|C7 CEEEEIIII|D1 NOOOOO|D9 UUUUY|E0 aaaaaa|E7 ceeeeiiii|F1 nooooo|F9 uuuuy|FF yAaAaAaCcCcCcCcDd|"
        + "112 EeEeEeEeEeGgGgGgGgHh|128 IiIiIiIiI|134 JjKk|139 LlLlLl|143 NnNnNn|14C OoOoOo|154 RrRrRrSsSsSsSsTtTt|"
        + "168 UuUuUuUuUuUuWwYyYZzZzZz|1A0 Oo|1AF Uu|1CD AaIiOoUuUuUuUuUu|1DE AaAaÆæ|1E6 GgKkOoOoƷʒj|1F4 Gg|"
        + "1F8 NnAaÆæØøAaAaEeEeIiIiOoOoRrRrUuUuSsTt|21E Hh|226 AaEeOoOoOoOoYy|374 \u02B9|37E ;|385 \u00A8Α\u00B7ΕΗΙ|38C Ο|38E ΥΩι|"
        + "3AA ΙΥαεηιυ|3CA ιυουω|3D3 ϒϒ|400 ЕЕ|403 Г|407 І|40C КИУ|419 И|439 и|450 ее|453 г|457 і|45C киу|476 Ѵѵ|4C1 Жж|4D0 АаАа|"
        + "4D6 Ее|4DA ӘәЖжЗз|4E2 ИиИиОо|4EA ӨөЭэУуУуУуЧч|4F8 Ыы|622 \u0627\u0627\u0648\u0627\u064A|6C0 \u06D5|6C2 \u06C1|"
        + "6D3 \u06D2|929 न|931 र|934 ळ|958 कखगजडढफय|9DC ডঢ|9DF য|A33 ਲ|A36 ਸ|A59 ਖਗਜ|A5E ਫ|B48 \u0B47|B5C ଡଢ|CC0 \u0CD5|"
        + "CC7 \u0CD5\u0CD6|CCA \u0CC2|DDA \u0DD9|F43 ག|F4D ཌ|F52 ད|F57 བ|F5C ཛ|F69 ཀ|1026 ဥ|1B3B \u1B35|1B3D \u1B35|1B43 \u1B35|"
        + "1E00 AaBbBbBbCcDdDdDdDdDdEeEeEeEeEeFfGgHhHhHhHhHhIiIiKkKkKkLlLlLlLlMm|"
        + "1E40 MmMmNnNnNnNnOoOoOoOoPpPpRrRrRrRrSsSsSsSsSsTtTtTtTtUuUuUuUuUuVvVv|1E80 WwWwWwWwWwXxXxYyZzZzZzhtwy|1E9B ſ|"
        + "1EA0 AaAaAaAaAaAaAaAaAaAaAaAaEeEeEeEeEeEeEeEeIiIiOoOoOoOoOoOoOoOoOoOo|1EE0 OoOoUuUuUuUuUuUuUuYyYyYyYy|"
        + "1F00 ααααααααΑΑΑΑΑΑΑΑεεεεεε|1F18 ΕΕΕΕΕΕ|1F20 ηηηηηηηηΗΗΗΗΗΗΗΗιιιιιιιιΙΙΙΙΙΙΙΙοοοοοο|1F48 ΟΟΟΟΟΟ|1F50 υυυυυυυυ|1F59 Υ|"
        + "1F5B Υ|1F5D Υ|1F5F ΥωωωωωωωωΩΩΩΩΩΩΩΩααεεηηιιοουυωω|1F80 ααααααααΑΑΑΑΑΑΑΑηηηηηηηηΗΗΗΗΗΗΗΗωωωωωωωωΩΩΩΩΩΩΩΩααααα|"
        + "1FB6 ααΑΑΑΑΑ|1FBE ι|1FC1 \u00A8ηηη|1FC6 ηηΕΕΗΗΗ\u1FBF\u1FBF\u1FBFιιιι|1FD6 ιιΙΙΙΙ|"
        + "1FDD \u1FFE\u1FFE\u1FFEυυυυρρυυΥΥΥΥΡ\u00A8\u00A8`|1FF2 ωωω|1FF6 ωωΟΟΩΩΩ\u00B4|2000 \u2002\u2003|2126 Ω|212A KA|"
        + "219A \u2190\u2192|21AE \u2194|21CD \u21D0\u21D4\u21D2|2204 \u2203|2209 \u2208|220C \u220B|2224 \u2223|2226 \u2225|"
        + "2241 \u223C|2244 \u2243|2247 \u2245|2249 \u2248|2260 =|2262 \u2261|226D \u224D<>\u2264\u2265|2274 \u2272\u2273|"
        + "2278 \u2276\u2277|2280 \u227A\u227B|2284 \u2282\u2283|2288 \u2286\u2287|22AC \u22A2\u22A8\u22A9\u22AB|"
        + "22E0 \u227C\u227D\u2291\u2292|22EA \u22B2\u22B3\u22B4\u22B5|2329 \u3008\u3009|2ADC \u2ADD|304C か|304E き|3050 く|3052 け|"
        + "3054 こ|3056 さ|3058 し|305A す|305C せ|305E そ|3060 た|3062 ち|3065 つ|3067 て|3069 と|3070 はは|3073 ひひ|3076 ふふ|3079 へへ|307C ほほ|"
        + "3094 う|309E ゝ|30AC カ|30AE キ|30B0 ク|30B2 ケ|30B4 コ|30B6 サ|30B8 シ|30BA ス|30BC セ|30BE ソ|30C0 タ|30C2 チ|30C5 ツ|30C7 テ|30C9 ト|"
        + "30D0 ハハ|30D3 ヒヒ|30D6 フフ|30D9 ヘヘ|30DC ホホ|30F4 ウ|30F7 ワヰヱヲ|30FE ヽ|"
        + "F900 豈更車賈滑串句龜龜契金喇奈懶癩羅蘿螺裸邏樂洛烙珞落酪駱亂卵欄爛蘭鸞嵐濫藍襤拉臘蠟廊朗浪狼郎來冷勞擄櫓爐盧老蘆虜路露魯鷺碌祿綠菉錄|"
        + "F940 鹿論壟弄籠聾牢磊賂雷壘屢樓淚漏累縷陋勒肋凜凌稜綾菱陵讀拏樂諾丹寧怒率異北磻便復不泌數索參塞省葉說殺辰沈拾若掠略亮兩凉梁糧良諒量勵|"
        + "F980 呂女廬旅濾礪閭驪麗黎力曆歷轢年憐戀撚漣煉璉秊練聯輦蓮連鍊列劣咽烈裂說廉念捻殮簾獵令囹寧嶺怜玲瑩羚聆鈴零靈領例禮醴隸惡了僚寮尿料樂|"
        + "F9C0 燎療蓼遼龍暈阮劉杻柳流溜琉留硫紐類六戮陸倫崙淪輪律慄栗率隆利吏履易李梨泥理痢罹裏裡里離匿溺吝燐璘藺隣鱗麟林淋臨立笠粒狀炙識什茶刺|FA00 切度拓糖宅洞暴輻行降見廓兀嗀|FA10 塚|FA12 晴|FA15 凞猪益礼神祥福靖精羽|"
        + "FA20 蘒|FA22 諸|FA25 逸都|FA2A 飯飼館鶴郞隷侮僧免勉勤卑喝嘆器塀墨層屮悔慨憎懲敏既暑梅海渚漢煮爫琢碑社祉祈祐祖祝禍禎穀突節練縉繁署者臭艹艹著褐視謁謹賓贈辶逸難響|FA6A 頻恵\U000242EE舘|"
        + "FA70 並况全侀充冀勇勺喝啕喙嗢塚墳奄奔婢嬨廒廙彩徭惘慎愈憎慠懲戴揄搜摒敖晴朗望杖歹殺流滛滋漢瀞煮瞧爵犯猪瑱甆画瘝瘟益盛直睊着磌窱節类絛|"
        + "FAB0 練缾者荒華蝹襁覆視調諸請謁諾諭謹變贈輸遲醙鉶陼難靖韛響頋頻鬒龜\U0002284A\U00022844\U000233D5㮝䀘䀹\U00025249\U00025CD0\U00027ED3齃龎|FB1D \u05D9|"
        + "FB1F \u05F2|FB2A \u05E9\u05E9\u05E9\u05E9\u05D0\u05D0\u05D0\u05D1\u05D2\u05D3\u05D4\u05D5\u05D6|"
        + "FB38 \u05D8\u05D9\u05DA\u05DB\u05DC|FB3E \u05DE|FB40 \u05E0\u05E1|FB43 \u05E3\u05E4|"
        + "FB46 \u05E6\u05E7\u05E8\u05E9\u05EA\u05D5\u05D1\u05DB\u05E4|1109A \U00011099|1109C \U0001109B|110AB \U000110A5|"
        + "114BB \U000114B9|"
        + "2F800 丽丸乁\U00020122你侮侻倂偺備僧像㒞\U0002063A免兔兤具\U0002051C㒹內再\U0002054B冗冤仌冬况\U000291DF凵刃㓟刻剆割剷㔕勇勉勤勺包匆北卉卑博即卽卿卿卿\U00020A2C灰及叟\U00020B63叫叱吆咞吸呈周|"
        + "2F840 咢哶唐啓啣善善喙喫喳嗂圖嘆圗噑噴切壮城埴堍型堲報墬\U000214E4売壷夆多夢奢\U000216A8\U000216EA姬娛娧姘婦㛮㛼嬈嬾嬾\U000219C8寃寘寧寳\U00021B18寿将当尢㞁屠屮峀岍\U00021DE4嵃\U00021DE6嵮嵫|"
        + "2F880 嵼巡巢㠯巽帨帽幩㡢\U00022183㡼庰庳庶廊\U0002A392廾\U00022331\U00022331舁弢弢㣇\U000232B8\U000261DA形彫㣣徚忍志忹悁㤺㤜悔\U000226D4惇慈慌慎慌慺憎憲憤憯懞懲懶成戛扝抱拔捐\U00022B0C挽拼捨掃揤\U00022BF1搢|"
        + "2F8C0 揅掩㨮摩摾撝摷㩬敏敬\U0002300A旣書晉㬙暑㬈㫤冒冕最暜肭䏙朗望朡杞杓\U000233C3㭉柺枅桒梅\U0002346D梎栟椔㮝楂榣槪檨\U000236A3櫛㰘次\U000238A7歔㱎歲殟殺殻\U00023A8D\U00021D0B\U00023AFA汎\U00023CBC沿泍汧洖|"
        + "2F900 派海流浩浸涅\U00023D1E洴港湮㴳滋滇\U00023ED1淹潮\U00023F5E\U00023F8E濆瀹瀞瀛㶖灊災灷炭\U00020525煅\U00024263熜\U000243AB爨爵牐\U00024608犀犕\U00024735\U00024814獺王㺬玥㺸㺸瑇瑜瑱璅瓊㼛甤\U00024C36甾\U00024C92異\U0002219F瘐\U00024FA1\U00024FB8\U00025044㿼䀈|"
        + "2F940 直\U000250F3\U000250F2\U00025119\U00025133眞真真睊䀹瞋䁆䂖\U0002541D硎碌磌䃣\U00025626祖\U0002569A\U000256C5福秫䄯穀穊穏\U0002597C\U00025AA7\U00025AA7竮䈂\U00025BAB篆築䈧\U00025C80糒䊠糨糣紀\U00025F86絣䌁緇縂繅䌴\U00026228\U00026247䍙\U000262D9罺\U0002633E羕翺者\U000264DA\U00026523聠\U000265A8聰|"
        + "2F980 \U0002335F䏕育脃䐋脾媵\U000267A7\U000267B5\U00023393\U0002339C舁舄辞䑫芑芋芝劳花芳芽苦\U00026B3C若茝荣莭茣莽菧著荓菊菌菜\U00026C36\U00026D6B\U00026CD5䔫蓱蓳蔖\U000273CA蕤\U00026F2C䕝䕡\U00026FB1\U000270D2䕫虐虜虧虩蚩蚈蜎蛢蝹蜨蝫螆䗗|"
        + "2F9C0 蟡蠁䗹衠衣\U00027667裗裞䘵裺㒻\U000278AE\U00027966䚾䛇誠諭變豕\U00027CA8貫賁贛起\U00027F2F\U00020804跋趼跰\U000208DE軔輸\U000285D2\U000285ED邔郱鄑\U0002872E鄛鈸鋗鋘鉼鏹鐕\U00028BFA開䦕閷\U00028D77䧦雃嶲霣\U00029145\U0002921A䩮䩶韠\U0002940A䪲\U00029496頋頋|"
        + "2FA00 頩\U000295B6飢䬳餩馧駂駾䯎\U00029B30鬒鱀鳽䳎䳭鵧\U0002A0CE䳸\U0002A105\U0002A20E\U0002A291麻䵖黹黾鼅鼏鼖鼻\U0002A600|";

    /// <summary>Characters of which several are left.</summary>
    private static readonly (int Character, string Bases)[] Several =
    [
        (0x9CB, "\u09C7\u09BE"),
        (0x9CC, "\u09C7\u09D7"),
        (0xB4B, "\u0B47\u0B3E"),
        (0xB4C, "\u0B47\u0B57"),
        (0xB94, "\u0B92\u0BD7"),
        (0xBCA, "\u0BC6\u0BBE"),
        (0xBCB, "\u0BC7\u0BBE"),
        (0xBCC, "\u0BC6\u0BD7"),
        (0xCCB, "\u0CC2\u0CD5"),
        (0xD4A, "\u0D46\u0D3E"),
        (0xD4B, "\u0D47\u0D3E"),
        (0xD4C, "\u0D46\u0D57"),
        (0xDDC, "\u0DD9\u0DCF"),
        (0xDDD, "\u0DD9\u0DCF"),
        (0xDDE, "\u0DD9\u0DDF"),
        (0x1B06, "\u1B05\u1B35"),
        (0x1B08, "\u1B07\u1B35"),
        (0x1B0A, "\u1B09\u1B35"),
        (0x1B0C, "\u1B0B\u1B35"),
        (0x1B0E, "\u1B0D\u1B35"),
        (0x1B12, "\u1B11\u1B35"),
        (0x1B40, "\u1B3E\u1B35"),
        (0x1B41, "\u1B3F\u1B35"),
        (0x1134B, "\U00011347\U0001133E"),
        (0x1134C, "\U00011347\U00011357"),
        (0x114BC, "\U000114B9\U000114B0"),
        (0x114BE, "\U000114B9\U000114BD"),
        (0x115BA, "\U000115B8\U000115AF"),
        (0x115BB, "\U000115B9\U000115AF"),
        (0x11938, "\U00011935\U00011930"),
        (0x1D15E, "\U0001D157\U0001D165"),
        (0x1D15F, "\U0001D158\U0001D165"),
        (0x1D160, "\U0001D158\U0001D165\U0001D16E"),
        (0x1D161, "\U0001D158\U0001D165\U0001D16F"),
        (0x1D162, "\U0001D158\U0001D165\U0001D170"),
        (0x1D163, "\U0001D158\U0001D165\U0001D171"),
        (0x1D164, "\U0001D158\U0001D165\U0001D172"),
        (0x1D1BB, "\U0001D1B9\U0001D165"),
        (0x1D1BC, "\U0001D1BA\U0001D165"),
        (0x1D1BD, "\U0001D1B9\U0001D165\U0001D16E"),
        (0x1D1BE, "\U0001D1BA\U0001D165\U0001D16E"),
        (0x1D1BF, "\U0001D1B9\U0001D165\U0001D16F"),
        (0x1D1C0, "\U0001D1BA\U0001D165\U0001D16F"),
    ];

    private static readonly FrozenDictionary<int, string> Bases = Read();

    /// <summary>Appends what is left of a character.</summary>
    public static void Append(Rune character, StringBuilder text)
    {
        int syllable = character.Value - FirstSyllable;
        if (character.Value < 0xC0)
            text.Append((char)character.Value);
        else if (syllable is >= 0 and < Syllables)
            AppendSyllable(syllable, text);
        else if (Bases.TryGetValue(character.Value, out string? bases))
            text.Append(bases);
        else if (Rune.GetUnicodeCategory(character) != UnicodeCategory.NonSpacingMark)
            text.Append(character.ToString());
    }

    private static void AppendSyllable(int syllable, StringBuilder text)
    {
        text.Append((char)(0x1100 + syllable / (Vowels * Finals)));
        text.Append((char)(0x1161 + syllable / Finals % Vowels));
        if (syllable % Finals > 0) text.Append((char)(0x11A7 + syllable % Finals));
    }

    private static FrozenDictionary<int, string> Read()
    {
        var bases = new Dictionary<int, string>();
        foreach ((int character, string several) in Several) bases.Add(character, several);
        foreach (string run in Table.Split('|', StringSplitOptions.RemoveEmptyEntries))
        {
            int space = run.IndexOf(' ');
            int character = int.Parse(run.AsSpan(0, space), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
            foreach (Rune left in run.AsSpan(space + 1).EnumerateRunes()) bases.Add(character++, left.ToString());
        }

        return bases.ToFrozenDictionary();
    }
}
