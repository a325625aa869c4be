/**
 * Made-up names for surrogates. Every one is coined: none is in the lists of first names, last names and towns that the
 * tests compare them with, so a surrogate in a masked table is never a real name of another row.
 */

/** Surnames. */
export const SURNAMES: readonly string[] = listed(`
Aldercott Alderdell Alderden Alderham Alderstead Alderstone Alderwald Amberbeck Amberbower Ambermont Amberwick
Ardcroft Ardgate Ardham Ashwald Balebower Balemere Baleridge Balewick Bellby Bellden Bellstow Bircombe Birmont
Birwell Birwick Bramlow Bramness Bramstead Bramyard Branbeck Brancroft Brangrave Branleigh Branmont Branmoor
Branwade Branwell Brightstead Brookden Brooklow Brookmere Brookwell Brookyard Caldfell Caldlow Carrcombe Carrcott
Carrden Carrmont Carrstow Cindergate Cindergrave Cinderness Cinderwald Clovercott Cloverham Cornbeck Cornlow
Cornmoor Cornstead Crestacre Cresthurst Crestwald Crestwick Dalebeck Daleleigh Dalemere Dalemore Daleness Daleover
Dalestow Daleworth Dunden Dunwade Dunwick Eboncroft Ebondell Ebonmont Ebonmore Ebonthorpe Ebonwick Ebonworth
Eldercott Elderfield Elderhurst Elderwade Elderyard Elmcombe Elmden Elmstone Elmworth Everbeck Everbrand Evergate
Evergrave Fairbrand Fairridge Fairyard Fenacre Fenden Fengate Fenover Fernbower Ferndell Fernfell Fernlow Fernmore
Fernstone Finnbridge Finndell Finness Finnland Finnridge Finnyard Foxden Foxfell Foxfield Foxshaw Garnbower
Garnbridge Garnby Garngrave Garnmoor Garnness Garnworth Gildcott Gildmont Gildworth Glenland Glenleigh Glenover
Glenstone Glenstow Glenthorpe Glenworth Goldden Goldfell Goldridge Grenby Grencroft Grenland Grenwade Grenwald
Grenyard Halecombe Haleleigh Halemont Hartcroft Hartlow Hartover Hartthorpe Hartwald Hawby Hawfell Hawleigh Hawridge
Hawwick Hazelbower Hazelfell Heatheracre Heathermont Heathermore Heatherwald Holldell Hollyard Ironby Ironcott
Ironfield Irongrave Ironmere Ironover Ironstow Ironwald Kelden Kelfell Kelmoor Kingbrand Kingby Kinghurst Kinglow
Langbeck Langgate Langlow Langmere Langwald Larkdell Larkden Larkmere Larkmore Larkwade Larkworth Linby Linland
Linlow Linmere Linridge Linshaw Lochfell Lochgrave Lochstone Marbridge Meadacre Meaddell Meadleigh Meadlow Meadmore
Merland Merlow Merness Merstead Millbeck Millyard Mossby Mosscott Mossham Mossmont Mossmoor Mossthorpe Normoor
Oakbrand Oakcombe Oakmoor Oakmore Oakstead Oakyard Pemcombe Pemden Pemgate Pemleigh Pemover Pemwald Pencroft
Penstead Penwick Penworth Quillmoor Quillwell Ravenfell Ravenmont Raventhorpe Ravenwade Redthorpe Renacre Renden
Renstead Renworth Ridgemere Ridgewald Rookwick Rowacre Rowbeck Rowness Rowwald Sandacre Sandby Sandgrave Sandstead
Sandstow Selcombe Selgrave Selyard Shepbower Shepdell Shepgrave Shepmore Shepstead Shepthorpe Shepworth Silvercombe
Silverfield Silverstow Stangrave Stanmere Stanness Stanstead Stanstow Starbridge Starfell Starridge Starstow
Sumbrand Sumbridge Sumstone Swanfield Swanhurst Swanmoor Swanthorpe Tarnbeck Tarnmoor Tarnstead Tarnwell Tarnyard
Thornbeck Thornbridge Thornlow Thornstow Thornwick Torbrand Torlow Torwald Walfield Westbeck Westdell Westwade
Whitdell Whithurst Whitmont Wilgate Wilworth Winbrand Wincroft Winridge Wrenacre Wrenbeck Wrenbridge Wrenby Yarcroft
Yarstead Yarstow`);

/** Given names that end as many women's do. */
export const FEMALE: readonly string[] = listed(`
Avarine Avemma Avirene Brelisse Bribeth Calabeth Calarine Calessa Caliane Calisande Calissara Caluelle Coremma
Corenna Corienne Corilde Corovene Corulina Coryssa Delabeth Delandel Delandra Delarine Delemma Delenna Delidora
Delienne Elanthe Elemma Elovene Emanthe Emetta Eminelle Emolene Emulina Eselisse Eselora Esuelle Felabeth Felenna
Feletta Feliane Felidora Felolene Felynda Gisoryn Gisulina Helandra Helelisse Heletta Helinelle Helirene Helyssa
Iribeth Irirene Jesandra Jesiane Jesibeth Jesissara Jesuelle Karadine Karanthe Karibeth Karilde Karolene Karovene
Karynda Karyssa Lorabeth Lorandel Lorarine Loremma Loriane Loridora Lorilde Lorirene Lorisande Loruelle Loryssa
Mariane Marinora Marovene Melabeth Melelisse Melidora Melolene Melovene Meluelle Norelisse Norinora Norisande
Oradine Oralisse Orelisse Oretta Orienne Orissara Orolene Ororina Peralisse Peressa Perissara Rosienne Rosinelle
Rosissara Selemma Selissara Selulina Sylarine Sylemma Sylisande Sylorelle Syloryn Tamadine Tamandel Tamessa Tamibeth
Tamilde Tamirene Tamorelle Tamorina Tamynda Thaladine Thalemma Thalenna Thaletta Thalibeth Thalidora Thalienne
Thalilde Thalynda Thalyssa Verandra Verarine Verenna Veressa Verolene Verynda Vivemma Vivibeth Vivisande Vivissara
Vivuelle Wiladine Wilenna Wiletta Wilidora Wilienne Wilinora Wilolene Wiloryn Yvetta Yvynda Yvyssa Zeladine Zelandel
Zelanthe Zelelora Zeliane Zelienne`);

/** Given names that end as many men's do. */
export const MALE: readonly string[] = listed(`
Alddric Aldleric Aldrand Ansbert Ansemond Ansleric Ansoldo Ansthorn Ansvane Ansvick Answin Baldander Baldgard
Baldintin Baldmond Baldorin Baldrand Baldren Barathan Barewin Barwyn Brenintin Brenorin Cadbert Cadewin Cadgard
Cadivan Cadwald Coramund Corwald Corwick Darorin Darrand Deramund Derbert Derfrid Edomar Elamund Elaric Elarn Elgard
Elleric Elthorn Fenamund Fenwyn Garemond Garmar Garwald Garwyn Gerander Geraric Gereric Geriker Geroldo Geromar
Gerrand Gerthorn Hadivan Hadomar Hadren Hadulf Hadvick Halfrid Halivan Halrand Halvick Halwyn Jorarn Jorintin
Kelleric Kelmar Kelnard Kelorin Kelvane Kelvick Lamander Lamaric Lamimund Lamivan Lenbert Lenulf Maramund Maremond
Mariker Maroldo Marvick Moraric Moreric Morfrid Morhelm Morimund Morrand Morwick Morwyn Nedleric Nedoldo Nedwin
Ornard Orvane Perathan Perbert Pereric Quenemond Quenewin Quenimund Quenren Quenvane Radvane Rodimund Rodmar
Rodthorn Rolemar Rolgard Rolmar Rolnard Rolomar Rolrand Sanathan Sandric Sannard Sanomar Sanosten Sigamund Siglan
Sigrand Sigulf Sigwick Tamiker Tammar Tamnard Tamwick Theraric Thermond Therthorn Therwyn Toreric Torfrid Torintin
Torleric Torvane Torwin Torwyn Ulrand Ulvane Verleric Walhelm Walleric Walomar Walvick Wilintin Wilmond Wilnard
Wilthorn Wilwald Wilwin Yorander Yormar Yororin Yorulf Yorwin`);

/** Towns. */
export const TOWNS: readonly string[] = listed(`
Alderrun Amberfork Ambergrove Amberlanding Ardpoint Baleglen Balerapids Bellrapids Birgrove Birharbor Bramcliff
Bramharbor Bramrun Bramvale Branbrook Branlanding Brightfalls Brightglen Brightlanding Brightrapids Brightridge
Brookbury Brookmouth Caldhaven Caldton Carrbrook Carrfalls Carrford Carrview Cinderbay Cinderbourne Cinderfield
Cindergrove Cloverbury Clovermouth Cloverville Cornbay Cornmill Cornpoint Cornridge Crestbrook Crestburgh Crestfield
Dalebay Dalebourne Daleburgh Dalehaven Dalemouth Dalerapids Dunrun Ebonbourne Ebonbrook Ebongrove Eldergrove
Elmgrove Elmmont Everbrook Everfalls Fairlanding Fenford Fenglen Fenlanding Fenpoint Fenwater Ferncliff Finnburgh
Finnvale Foxhaven Foxrun Garnford Garnmouth Garnport Gildwater Glenglen Goldrapids Grenton Halefork Halehaven
Hazelbury Heatherglen Heatherharbor Kelfork Kelmill Kingborough Kingford Langpoint Langrapids Langvale Larkhaven
Larklanding Larkmill Lochvale Marford Marvale Meadborough Meadhill Meadpoint Merhaven Mermont Merport Millmouth
Norbourne Norbrook Norhill Norrapids Norview Oakview Pemhill Penhill Quillanding Quillbay Quillcliff Quillharbor
Ravenport Ravenrun Redport Renbourne Renfork Ridgecliff Ridgerapids Rookport Rookrun Rowhaven Rowport Sandbourne
Sandcliff Sellanding Shepbay Shepville Silverrapids Stanfalls Stanvale Stanwater Starfield Stargrove Starmouth
Swancliff Swanmill Torburgh Torford Tormouth Torville Walborough Walbourne Westhaven Westmouth Westridge Whitmouth
Whitville Wilbay Wilborough Wilfalls Wilgrove Wilhill Wincliff Winrapids Wrenbury Wrenfalls Wrenfork Wrenrun`);

/** Words apart by white space. */
function listed(words: string): readonly string[] {
  return words.trim().split(/\s+/);
}
