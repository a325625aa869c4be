/** Common given names of the USA by the gender they are mostly given to, so that a surrogate can be of the same. */

const FEMALE = words(`mary patricia jennifer linda elizabeth barbara susan jessica sarah karen lisa nancy betty sandra
margaret ashley kimberly emily donna michelle carol amanda melissa deborah stephanie dorothy rebecca sharon laura cynthia
amy kathleen angela shirley brenda emma anna pamela nicole samantha katherine christine helen debra rachel carolyn janet
maria catherine heather diane olivia julie joyce victoria ruth virginia lauren kelly christina joan evelyn judith andrea
hannah megan cheryl jacqueline martha madison teresa gloria sara janice ann kathryn abigail sophia frances jean alice judy
isabella julia grace amber denise danielle marilyn beverly charlotte natalie theresa diana brittany doris kayla alexis lori
marie jane roberta rosa rose anne annie ella lucy eleanor edith ethel florence irene louise josephine esther thelma lillian
edna marjorie hazel gladys mildred bertha eva lois clara lucille elsie phyllis norma marcia connie tina yolanda wanda bonnie
peggy sheila ellen carmen rita dawn erin holly tracy tiffany crystal erica monica veronica april vanessa valerie yvonne suzanne
sally audrey sylvia paula peggie claire chloe mia ava zoe lily amelia harper ellie nora stella violet penelope layla aria
aubrey hailey brooklyn savannah bella skylar paisley naomi elena gabriella allison maya ariana cora ruby serenity
autumn adeline hailee gianna valentina isla eliana quinn ivy sadie piper lydia josie aaliyah fatima aisha mei ling priya
lakshmi ananya guadalupe juanita luz esperanza consuelo francisca ximena lucia camila sofia mariana alejandra adriana
leticia silvia beatriz ingrid astrid olga svetlana natasha irina tatiana yuki keiko akiko hiroko nadia leila yasmin zainab
khadija amina latoya keisha tamika shanice ebony imani jenny kate katie beth maggie peg liz lizzie becky cindy sue vicky
wendy robin gail joanne joanna rosemary geraldine loretta bernice vera velma agnes myrtle viola minnie ida mabel`);
const MALE = words(`james robert john michael david william richard joseph thomas christopher charles daniel matthew
anthony mark donald steven andrew paul joshua kenneth kevin brian timothy ronald george jason edward jeffrey ryan jacob nicholas
gary eric jonathan stephen larry justin scott brandon benjamin samuel gregory alexander patrick frank raymond jack dennis
jerry tyler aaron jose adam nathan henry zachary douglas peter kyle noah ethan jeremy christian walter keith austin roger terry
sean gerald carl dylan harold jordan jesse bryan lawrence arthur gabriel bruce logan billy joe alan juan elijah willie albert
wayne randy mason vincent liam roy bobby caleb bradley russell lucas philip eugene louis harry fred ralph howard ernest
clarence stanley leonard alfred francis melvin herbert frederick earl clyde chester floyd leroy lloyd lester herman bernard
marvin vernon leon milton edwin gordon glenn warren theodore oscar clifford curtis calvin norman jim jimmy tom tommy tim mike
mick bill bob rob rick dick ted ned ed eddie dan danny dave steve matt nick tony greg jeff ken kenny ron ronnie don donnie
larry chuck charlie sam ben luke isaac owen wyatt oliver sebastian aiden hunter connor eli landon adrian colton evan dominic
ian cooper xavier parker jaxon leo lincoln hudson ezra julian levi miguel carlos luis jorge pedro manuel francisco antonio
javier alejandro rafael ricardo fernando eduardo sergio roberto mario andres diego mateo santiago hector raul ramon enrique
ivan boris dmitri sergei vladimir nikolai mikhail hiroshi kenji takashi wei jun raj arjun vikram sanjay rahul amit omar ahmed
mohammed muhammad ali hassan hussein ibrahim yusuf khalid tyrone darnell jamal deshawn marcus malik terrence reginald
lamont cedric otis rufus cornelius virgil homer horace wallace willard elmer roland dale dean wade neil ross barry craig
todd chad brett derek shane dustin travis trevor wesley garrett grant blake chase cody`);

/** `f`, `m`, or undefined where the name is not known or is given to both. Lower case, without accents. */
export function genderOf(name: string): "f" | "m" | undefined {
  if (FEMALE.has(name)) return MALE.has(name) ? undefined : "f";
  return MALE.has(name) ? "m" : undefined;
}

function words(list: string): ReadonlySet<string> {
  return new Set(list.split(/\s+/));
}
