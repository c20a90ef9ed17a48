"""Words that say less than others, and the forms of one given name, as languages have them."""

from collections.abc import Iterator

from node.search.spelling import folded

#: Particles and forms of address: they join or adorn names and are left out as freely as put in.
PARTICLES = frozenset(
    "al el ul as ash at an ar ad az ed es bin ibn bint ben bn ould oglu ogly ogli uulu kyzy"
    " qizi de del dela della di da do dos das du des la le los las van von der den ter ten zu"
    " zur y e i and the of und mc mac af av st san abd abu abou umm mr mrs ms dr prof sir haji"
    " hajji hadji sheikh shaikh shaykh sheik mullah mulla mawlawi maulavi mawlana maulana qari"
    " ur ul ud us uz hafiz sayyid sayed seyed seyyed syed ustad gen general brigadier colonel col"
    " major captain capt".split()
)

#: Words that half of all organisations have in their name, and legal forms that stayed in it.
GENERIC = frozenset(
    "company companies co corporation corp group holding holdings international industries"
    " industry industrial trading trade trdg enterprise enterprises services service general"
    " limited ltd national state federal public joint stock research institute scientific center"
    " centre production plant factory bank banking commercial investment investments development"
    " management shipping ship marine maritime organization organisation association foundation"
    " bureau department ministry committee council agency office branch regional central union"
    " society fund trust and of the for de la del le des y in e a no kompaniya obshchestvo"
    " predpriyatie zavod nauchno proizvodstvennoe obedinenie gruppa institut tsentr ou uab sia"
    " as ab oy oyj ooo oao zao pao ao llc llp ltda lp gmbh ag sp zoo kft jsc pjsc cjsc ojsc inc"
    " sa srl bv nv fsue fgup mup gup tov aps asa sas spa plc pte pty sdn bhd fze fzc fzco ooc cv"
    " rl www com with on at by from to et aux au pour par para con por en fur mit na za dlya ta wa"
    " wal lil fi an dan ob po iz ot".split()
)

#: Numerals of ships and series.
ROMAN = dict(
    zip("ii iii iv vi vii viii ix xi xii".split(), "2 3 4 6 7 8 9 11 12".split(), strict=True)
)

#: canonical form: its forms in other languages and spellings | short forms.
_GIVEN = """
aleksandr: alexander aleksander oleksandr aliaksandr alyaksandr aleksandrs aleksandras alexandr
 olexandr oleksander aleksandar | sasha sascha alex aleks sanya
aleksandra: alexandra oleksandra aliaksandra | sandra
aleksei: oleksiy oleksii alexey alexei aliaksei oleksij aleksejs aleksejus alexius | alyosha
anastasia: anastasiya nastassia anastasija | nastya
anatoli: anatoly anatoliy anatol anatolii anatolijs anatolijus | tolya tolik
andrei: andrew andreas andriy andrii andrzej andrejs andrius andrey anders andrus antti endru endrju
 | andy
anna: hanna ganna ann anne | anya
anton: antoni antony anthony antons antanas
artem: artyom artsiom artsem
boris: barys borys borisas | borya
daniil: daniel danila danylo danilo daniels danielius danil | danya danny
denis: dzianis dennis denys deniss
dmitri: dmytro dmitry dzmitry dimitri dmitrijs dmitrijus zmicer dmitriy | dima mitya
elena: helena olena yelena alena alyona jelena | lena
evgeni: yevhen eugene eugen evhen yauhen jevgenijs eugenijus | zhenya
evgenia: yevheniia evgeniya eugenia yauheniya
fedor: fyodor theodor theodore fedir teodor fiodar fjodor
filipp: philip phillip filip pylyp filips philipp
galina: halyna halina | galya
georgi: george heorhii heorhiy georgy georgiy giorgi georg jerzy jurgis georgs georgijs dzhordzh
 dzhordzhs | gosha
gleb: hlib hleb
grigori: hryhorii hryhoriy gregory ryhor grigory grigoriy grzegorz gregor grigorijs | grisha
igor: ihor ihar igors
ilia: ilya illia illya elijah ilja elias | ilyusha
iosif: joseph yosyp josef jozef juozas josifs
irina: iryna irene irena irina | ira
iulia: julia yuliya yuliia yulia julija
iuri: yuri yury yuriy yurii juri jurij jurijs jurijus iurii | yura
ivan: john iwan ioan johan johannes johann jan janis jonas ivans juhan jaan hans | vanya johnny
kirill: kyrylo kiril kyril cyril kiryl kirils kirilas
konstantin: kostiantyn constantine kanstantsin konstantyn constantin konstantins | kostya
ksenia: kseniya oksana xenia aksana ksenija | ksyusha
leonid: leanid leonids leonidas | lyonya
liubov: lyubov lyuboff luba
liudmila: lyudmila lyudmyla liudmyla ludmila ljudmila | lyuda
maksim: maxim maksym maxym maksims maksimas | max
margarita: marharyta margaret margareta margarete malgorzata | rita gosia
maria: mary mariya mariia marija marie maryia | masha
mark: marko marcus markus marek marks
mihail: michael mykhailo mikhail mykhaylo michail mihails michal mihkel mikhas mikael mikko maikl
 maikls | misha mike
natalia: nataliya natalya natallia natalie natalija | natasha
nikita: mykyta mikita
nikolai: mykola nicholas nikolay mikalai nikolaus mikolaj nikolajs nikolajus | kolya nick
oleg: oleh aleh olegs olegas
olga: olha volha
pavel: pavlo paul pawel pauls paulius paval pavels | pasha
petr: petro peter piotr pyotr peteris petras piatro peeter pekka petteri | petya
semen: semyon simon simeon symon siamion szymon | syoma
sergei: serhiy serhii sergey siarhei sergejs sergejus sergiy sergii siarhey serge | seryozha
stanislav: stanislaw stanislau stanislavs stanislovas | stas
stepan: stefan stephen steven stsiapan stephan steponas stepans
svetlana: svitlana sviatlana svjetlana | sveta
tatiana: tetiana tatyana tatsiana tetyana tatjana | tanya
tihon: tikhon tykhon tsikhan
timofei: tymofiy timothy timofey tsimafei
vadim: vadym vadzim vadims vadimas
valentin: valentyn valiantsin valentins valentinas
valeri: valery valeriy valerii valerij valerijs valerijus | valera
vasili: vasily vasyl vasil basil vasyliy vasiliy wasyl vasilijs
viacheslav: vyacheslav viachaslau vyachaslau vjaceslavs viaceslavas | slava
viktor: victor wiktor viktar viktors viktoras | vitya
viktoria: victoria viktoriya viktoryia viktoriia viktorija | vika
vitali: vitaly vitaliy vitalii vitalijs vitalijus
vladimir: volodymyr uladzimir wladimir vladimirs vladimiras wlodzimierz waldemar | vova volodya
vladislav: vladyslav uladzislau wladyslaw vladislavs vladislavas | vladik
vsevolod: vsevolods usevalad
iakov: yakov yakiv jacob jakob jokubas jekabs jakub iakau yaqub yaqoub yaqoob | yasha
iaroslav: yaroslav jaroslav jaroslaw jaroslavs jaroslavas yaraslau | yarik
zahar: zakhar zachary zakhary
kristof: christopher christoph krzysztof kristoffer kristaps kristupas krishtof
matei: matthew mateusz matej matas metju
matias: matthias mathias maciej matti matiss matiass madis
henrik: heinrich henryk henry heikki henrikas henriks hendrik
bartolomei: bartholomew bartlomiej baltramiejus bartholomaeus | bartosz
lars: laurits laurentius lauritz | lasse
karl: charles carl karol karlis karolis kaarlo kaarel charlz | kalle
ruslan: ruslans ruslanas | rusik
elizaveta: elizabeth yelyzaveta lizaveta elisabeth elizabete yelizaveta | liza
ekaterina: kateryna catherine katarina katsiaryna yekaterina katherine katarzyna kotryna
 kaisa | katya kasia
muhammad: maxamed mohammed mohamed mohammad mohamad muhammed muhamed muhamad mahomed mahomet magomed
 mukhammad mukhamed magomet mohamud mehmet mehmed mohd mhmd muhammet mochammad | md muh
ahmad: axmed ahmed ahmet akhmed akhmad achmad akhmet ahmd ahmadh
hasan: hassan khasan gasan hasane hsn khassan xasan
husein: xuseen xuseyn hussein husayn hossein hussain hosein husain houssein huseyin gusein
 khusein hsin hosain
ibrahim: ibragim ebrahim ibraheem ibrohim abrahim
ismail: esmail ismael ismayil ismoil ismaeel ishmael
iusuf: yusuf yousef youssef yousuf yusup yusef usuf iousef yussuf yusif
mahmud: mahmoud mahmood makhmud mahmut mehmud mhmud
mustafa: mostafa moustafa mustapha mstfa
omar: cumar umar omer umer amr omara
osman: othman uthman usman ottoman athman cismaan
said: saeed saeid sayeed saied seid
suleiman: sulaiman suleyman sulayman soleiman soliman suleman souleymane slaiman
abdula: cabdullaahi abdullahi abdullah abdallah abdulla abdollah abdalla abdoullah
ali: aly alli cali
khalid: khaled halid haled khald
kasim: qasim qassim kassem qassem kassim ghasem qasem gasim qasm
hamid: hamed khamid hameed
fadil: fazel fazil fadhil fadel fazal
reza: rida riza ridha redha rezah
ramadan: ramazan ramadhan ramzan
murtada: murtaza mortaza morteza mortada murtadha
jafar: jaafar jafer gaafar djafar jaffar jaffer dzhafar
jamal: gamal djamal cemal dzhamal
jalal: galal djalal celal dzhalal
jabir: jaber gaber djaber
khalil: halil khaleel
karim: kareem kerim kerem
rahim: raheem rakhim
rashid: rachid rasheed reshid raschid
rahman: rehman rakhman rahmaan rahmane
salim: saleem selim
salih: saleh saalih salikh
salah: salakh
samir: sameer
tarik: tariq tarek tareq tareck
usama: osama oussama usamah ousama
valid: walid waleed oualid
yahya: yehya yahia yehia yakhya
yasin: yaseen yassin yassine jasin
zakariya: zakaria zakarya zekeriya
zaynab: zainab zeinab zeynab zeynep
zayd: zaid zeid
ayman: aiman aymen
bashir: basheer bachir beshir
faysal: faisal feisal faycal
faruk: farouk farooq faruq farouq
fatima: fatimah fatma fatemeh
habib: habeeb khabib
haydar: haider hayder heydar heidar haidar
hamza: hamzah khamza hamze
hashim: hashem hachem khashim
hisham: hicham hesham
idris: idrees edris idriss
imad: emad imaad
isa: issa eisa esa eissa
ishak: ishaq eshaq iskhak
juma: jumaa jouma djouma jomaa
kamal: kemal
kamil: kamel
majid: majeed madjid medjid
malik: malek maalik
mansur: mansour mansoor mensur
marvan: marwan merouane marouane
masud: masoud masood massoud mesud masud
mahdi: mehdi makhdi mahdy
musa: mousa moussa moosa musah
muhsin: mohsen mohsin mokhsin
munir: mounir mouneer
nabil: nabeel
nadir: nader
najib: najeeb nadjib naguib nejib
nasir: nasser naser nassir nacer
nur: nour noor
kadir: qadir kader qader gader ghader
rafik: rafiq rafeeq
rauf: raouf raoof
sadik: sadiq sadegh sadek sadeq
sharif: cherif shareef sherif charif scharif
tavfik: tawfiq toufik tewfik tawfik tofik
vahid: wahid waheed
vail: wael wail
yunus: younes younis yunis yunes younous
aziz: azeez asis
latif: lateef
hakim: hakeem khakim
amin: ameen emin
amir: emir ameer aamir
anvar: anwar enver
abas: abbas abass
mujtaba: mojtaba modjtaba
asim: aasim assem asem
bilal: bilaal belal
daud: dawood dawud daoud davud
harun: haroun haroon
ilias: ilyas iliyas
iman: eman
jibril: jibreel gibril djibril dzhibril
luai: luay louay loay
nizar: nezar
riad: riyad riyadh riad riadh
sabir: saber
sabri: sabry
sajid: sajed
shakir: shaker chaker
taha: tahah
tahir: taher takhir
talib: taleb
yazid: yazeed iazid
yasir: yasser yaser yassir
zahir: zaher zakhir
zubair: zubayr zoubair zubeir zobair
husni: hosni housni
habibula: habibullah habibollah
abdulrahman: abdurrahman abdulrehman abdelrahman abdurakhman abdirahman abdalrahman abdourahmane
 cabdiraxmaan abdurahman
abdulaziz: abdelaziz abdalaziz abdulazeez
abdulkarim: abdelkarim abdulkareem
abdulhamid: abdelhamid
abdulmalik: abdelmalek abdelmalik
abdulkadir: abdelkader abdulqadir abdulqader abdikadir
"""


#: Given names that with an `a` behind them are women's.
_MADE_FEMININE = """
adil adrian albert aleksandr alfred amin amir anton august aziz basim benedikt bogdan boguslav
bozhidar branislav daniel denis dominik eduard emil erik ernest fabian farid frederik gabriel habib
halim hamid henrik herman ivan jamil jan josef julian justin kamil karim karol khalid konrad
kristian latif leonid lucian luis majid malik marcel marian martin mihal milan miroslav munir nabil
nadim nadir naim nasir norbert paul petr radoslav rafael rahim rashid renat robert roland roman
rostislav ruslan rustam said salim samir sharif simon slavomir stanislav stefan svetoslav tahir
valentin vahid vasil viktor vilhelm vladislav yaroslav zahir zarif zdzislav
"""


def _groups() -> Iterator[tuple[str, str, bool]]:
    """(form, canonical form, whether it is a short form), all folded."""
    canonical, is_short = "", False
    for word in _GIVEN.split():
        if word.endswith(":"):
            canonical, is_short = folded(word[:-1]), False
            yield canonical, canonical, False
        elif word == "|":
            is_short = True
        else:
            yield folded(word), canonical, is_short


def bare(fold: str) -> str:
    """A folded given name without its last vowels, as it stands in a patronymic."""
    return fold.rstrip("aeiou")


#: Folded form of a given name -> the form that stands for all of them; the same for short forms.
GIVEN = {form: canonical for form, canonical, is_short in _groups() if not is_short}
SHORT = {form: canonical for form, canonical, is_short in _groups() if is_short}
#: Folded given name of a man -> the woman's name that is made of it by an ending alone.
FEMININE = {folded(name): folded(f"{name}a") for name in _MADE_FEMININE.split()}
#: What a patronymic has of the father's name -> the form that stands for it.
FATHERS = {bare(form): canonical for form, canonical in reversed(GIVEN.items())}
